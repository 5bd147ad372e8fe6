using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.SearchMethods;

public sealed class LayerDroppingTests
{
    [Fact]
    public void Ask_UntilTheEnd_DropsOneTopLayerAfterAnother()
    {
        ISearchSpace space = Make.Small();
        ISearchMethod method = Catalogs.SearchMethods.Create("layer-dropping", new SearchContext(space, 1));
        var asked = new List<string>();
        while (method.Ask() is { } point)
        {
            asked.Add(space.SubNetworkAt(point).ToString());
        }

        Assert.Equal(["full", "small:l=3,h=4,u=8", "small:l=2,h=4,u=8", "small:l=1,h=4,u=8"], asked);
    }

    [Fact]
    public void Tell_TrialsOfAKilledRun_GoesOnWithTheNext()
    {
        ISearchSpace space = Make.Small();
        ISearchMethod method = Catalogs.SearchMethods.Create("layer-dropping", new SearchContext(space, 1));
        method.Tell(new Trial { Id = 1, Point = new(3, 4, 8), SubNetwork = "small:l=3,h=4,u=8", Values = [0, 0], Parameters = 1, PaperParameters = 1 });
        Assert.Equal(new SearchPoint(2, 4, 8), method.Ask());
    }
}
