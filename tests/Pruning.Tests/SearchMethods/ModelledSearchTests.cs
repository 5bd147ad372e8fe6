using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.SearchMethods;

public sealed class ModelledSearchTests
{
    /// <summary>On a smooth error with its optimum inside, the same number of evaluations finds more than random search, with every seed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_SyntheticObjective_EhviBeatsRandom(int seed)
    {
        ISearchSpace space = Make.Small(Make.Config(layers: 12, heads: 12, units: 96));
        double random = HypervolumeOf("random", space, seed, 25);
        double modelled = HypervolumeOf("ehvi", space, seed, 25);
        Assert.True(modelled > random, $"ehvi {modelled}, random {random}");
    }

    [Fact]
    public void Run_SyntheticObjective_TheOtherMethodsFindMoreThanTheDesign()
    {
        ISearchSpace space = Make.Small(Make.Config(layers: 12, heads: 12, units: 96));
        double design = HypervolumeOf("random", space, 1, 3);

        // layer-dropping is a plan of as many trials as there are layers.
        Assert.All(Catalogs.SearchMethods.Names.Except(["ehvi", "layer-dropping"]), name =>
            Assert.True(HypervolumeOf(name, space, 1, 25) > design, name));
    }

    [Theory]
    [InlineData("ehvi")]
    [InlineData("rsbo")]
    [InlineData("lsbo")]
    [InlineData("evolution")]
    [InlineData("nsga2")]
    public void Ask_ThreeObjectives_Proposes(string name)
    {
        ISearchSpace space = Make.Small();
        ISearchMethod method = Catalogs.SearchMethods.Create(name, new SearchContext(space, 1));
        for (int id = 0; id < 14; id++)
        {
            SearchPoint point = method.Ask()!;
            method.Tell(TrialOf(space, id, point, [.. ValuesOf(space, point), point.Values[1]]));
        }
    }

    /// <summary>It minimises one number, the sum, each objective by its range: that it finds lower than random search does, with every seed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_LsboOnSyntheticObjective_FindsALowerSumThanRandom(int seed)
    {
        ISearchSpace space = Make.Small(Make.Config(layers: 12, heads: 12, units: 96));
        double whole = ParameterCount.Sliced(space.SuperNetwork, SubNetwork.Full(space.SuperNetwork));
        double random = Run("random", space, seed, 25).Min(values => values[0] + (values[1] / whole));
        double modelled = Run("lsbo", space, seed, 25).Min(values => values[0] + (values[1] / whole));
        Assert.True(modelled < random, $"lsbo {modelled}, random {random}");
    }

    [Fact]
    public void Create_EhviOfFourObjectives_SaysHowManyItTakes()
    {
        ISearchSpace space = Make.Small();
        IObjective objective = new SizeObjective(space);
        var exception = Assert.Throws<ArgumentException>(() =>
            Catalogs.SearchMethods.Create("ehvi", new SearchContext(space, 1) { Objectives = [objective, objective, objective, objective] }));
        Assert.Contains("one to three objectives, 4 are given", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A huge space, seen by shares: proposals stay quick, and the points fit.</summary>
    [Theory]
    [InlineData("ehvi")]
    [InlineData("grid")]
    [InlineData("nsga2")]
    [InlineData("evolution")]
    [InlineData("local")]
    public void Ask_Large_ProposesNewSubNetworks(string name)
    {
        ISearchSpace space = Catalogs.SearchSpaces.Create("large", Make.Config(layers: 2, heads: 4, units: 60));
        ISearchMethod method = Catalogs.SearchMethods.Create(name, new SearchContext(space, 1) { Objectives = [new UnknownObjective(), new SizeObjective(space)] });
        var seen = new HashSet<SubNetwork>();
        for (int id = 0; id < 14; id++)
        {
            SearchPoint point = method.Ask()!;
            Assert.True(seen.Add(space.SubNetworkAt(point)));
            long size = ParameterCount.Sliced(space.SuperNetwork, space.SubNetworkAt(point));
            method.Tell(TrialOf(space, id, point, [1e4 / size, size]));
        }
    }

    [Fact]
    public void Ask_Grid_TakesEverySizeOnce()
    {
        ISearchSpace space = Make.Small(Make.Config(layers: 12, heads: 12, units: 96));
        ISearchMethod method = Catalogs.SearchMethods.Create("grid", new SearchContext(space, 1));
        double[] sizes = [.. Enumerable.Range(0, 24).Select(_ => (double)ParameterCount.Sliced(space.SuperNetwork, space.SubNetworkAt(method.Ask()!)))];
        Assert.Equal(Enumerable.Range(0, 21), sizes[3..].Select(size => (int)(21 * (size - sizes[1]) / (sizes[0] - sizes[1]))).Order());
    }

    private static double HypervolumeOf(string name, ISearchSpace space, int seed, int trials)
    {
        double whole = ParameterCount.Sliced(space.SuperNetwork, SubNetwork.Full(space.SuperNetwork));
        return Hypervolume.Of([.. Run(name, space, seed, trials).Select(values => new[] { values[0], values[1] / whole })], [1, 1]);
    }

    private static List<double[]> Run(string name, ISearchSpace space, int seed, int trials)
    {
        ISearchMethod method = Catalogs.SearchMethods.Create(name, new SearchContext(space, seed) { Objectives = [new UnknownObjective(), new SizeObjective(space)] });
        var points = new List<double[]>();
        for (int id = 0; id < trials; id++)
        {
            SearchPoint point = method.Ask()!;
            double[] values = ValuesOf(space, point);
            method.Tell(TrialOf(space, id, point, values));
            points.Add(values);
        }

        return points;
    }

    /// <summary>Falls with depth until two thirds of it, with heads until a third, with units until a half; each then stays or rises a little.</summary>
    private static double[] ValuesOf(ISearchSpace space, SearchPoint point)
    {
        double layers = point.Values[0] / (double)space.Dimensions[0].Maximum;
        double heads = point.Values[1] / (double)space.Dimensions[1].Maximum;
        double units = point.Values[2] / (double)space.Dimensions[2].Maximum;
        double error = 0.1 + (0.5 * Math.Exp(-5 * layers)) + (0.2 * Math.Pow(heads - 0.35, 2)) + (0.3 * Math.Pow(units - 0.5, 2));
        return [error, ParameterCount.Sliced(space.SuperNetwork, space.SubNetworkAt(point))];
    }

    private static Trial TrialOf(ISearchSpace space, int id, SearchPoint point, double[] values) => new()
    {
        Id = id,
        Point = point,
        SubNetwork = space.SubNetworkAt(point).ToString(),
        Values = values,
        Parameters = 1,
        PaperParameters = 1,
    };

    private sealed class UnknownObjective : IObjective
    {
        public string Name => "error";

        public string Unit => "";

        public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class SizeObjective(ISearchSpace space) : IExactObjective
    {
        public string Name => "parameters";

        public string Unit => "";

        public double ValueOf(SubNetwork subNetwork) => ParameterCount.Sliced(space.SuperNetwork, subNetwork);
    }
}
