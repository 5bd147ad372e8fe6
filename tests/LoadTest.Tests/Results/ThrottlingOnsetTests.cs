using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;

namespace Endpoints.LoadTest.Tests.Results;

public sealed class ThrottlingOnsetTests
{
    [Fact]
    public void In_ShareAboveOnePercent_StartsThere()
    {
        StageResult[] stages = [Sample.Stage(5, 1000), Sample.Stage(10, 990, 10), Sample.Stage(15, 989, 11), Sample.Stage(20, 1000, 1)];

        Assert.Equal(new ThrottlingOnset(10, 15), ThrottlingOnset.In(stages));
        Assert.Equal(new ThrottlingOnset(10, 15), ThrottlingOnset.In([.. stages.Reverse()]));
    }

    [Fact]
    public void In_Never_HoldsTheMost() => Assert.Equal(new ThrottlingOnset(10, null), ThrottlingOnset.In([Sample.Stage(5, 9), Sample.Stage(10, 9)]));

    [Fact]
    public void In_FirstStageAlready_HoldsNone() => Assert.Equal(new ThrottlingOnset(null, 5), ThrottlingOnset.In([Sample.Stage(5, 9, 9), Sample.Stage(10, 9)]));

    [Fact]
    public void In_NothingMeasured_KnowsNothing() => Assert.Equal(new ThrottlingOnset(null, null), ThrottlingOnset.In([Sample.Stage(5, 0)]));
}
