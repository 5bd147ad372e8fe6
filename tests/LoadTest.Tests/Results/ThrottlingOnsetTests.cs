using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;

namespace Endpoints.LoadTest.Tests.Results;

public sealed class ThrottlingOnsetTests
{
    [Fact]
    public void In_SurelyAboveOnePercent_StartsThere()
    {
        // 18 of 1,000 are above 1 % with 95 % confidence; 16, or 2 of 100, are not yet.
        StageResult[] stages = [Sample.Stage(5, 98, 2), Sample.Stage(10, 984, 16), Sample.Stage(15, 982, 18), Sample.Stage(20, 1000, 1)];

        Assert.Equal(new ThrottlingOnset(10, 15), ThrottlingOnset.In(stages));
        Assert.Equal(new ThrottlingOnset(10, 15), ThrottlingOnset.In([.. stages.Reverse()]));
    }

    [Fact]
    public void In_OpenLoop_IsARate() => Assert.Equal(
        new ThrottlingOnset(100, 200.5),
        ThrottlingOnset.In([Sample.Stage(7, 1000) with { Rate = 100 }, Sample.Stage(3, 900, 100) with { Rate = 200.5 }]));

    [Fact]
    public void In_Never_HoldsTheMost() => Assert.Equal(new ThrottlingOnset(10, null), ThrottlingOnset.In([Sample.Stage(5, 9), Sample.Stage(10, 9)]));

    [Fact]
    public void In_FirstStageAlready_HoldsNone() => Assert.Equal(new ThrottlingOnset(null, 5), ThrottlingOnset.In([Sample.Stage(5, 9, 9), Sample.Stage(10, 9)]));

    [Fact]
    public void In_RequestsFail_HoldsWhatIsBelow()
    {
        Assert.Equal(new ThrottlingOnset(5, null, 10), ThrottlingOnset.In([Sample.Stage(5, 1000), Sample.Stage(10, 600, wrong: 400), Sample.Stage(15, 1000)]));
        Assert.Equal(new ThrottlingOnset(null, null, 5), ThrottlingOnset.In([Sample.Stage(5, 0, wrong: 90), Sample.Stage(10, 0, wrong: 90)]));
        Assert.Equal(new ThrottlingOnset(5, 10, 15), ThrottlingOnset.In([Sample.Stage(5, 1000), Sample.Stage(10, 600, 400), Sample.Stage(15, 600, 300, wrong: 100)]));
    }

    [Fact]
    public void In_NothingMeasured_KnowsNothing() => Assert.Equal(new ThrottlingOnset(null, null), ThrottlingOnset.In([Sample.Stage(5, 0)]));
}
