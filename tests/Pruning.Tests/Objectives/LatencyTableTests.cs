using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Objectives;

public sealed class LatencyTableTests
{
    private static readonly BertConfig Config = Make.Config(layers: 4, heads: 4, units: 32);

    [Fact]
    public void ValueOf_AdditiveMachine_IsWhatWholeRunsTake()
    {
        var notices = new List<string>();
        (IExactObjective objective, FakeSuperNetwork network) = Create(Additive, null, notices);
        Assert.Empty(network.Batches);
        foreach (SubNetwork subNetwork in new[] { SubNetwork.Full(Config), SubNetwork.Small(Config, 2, 3, 7), SubNetwork.Small(Config, 0, 0, 0), SubNetwork.Medium(Config, [0, 4, 1, 0], [31, 0, 5, 0]) })
        {
            Assert.Equal(Additive(subNetwork), objective.ValueOf(subNetwork), 3);
        }

        Assert.Contains("0.0 % from whole runs on average, 0.0 % at worst.", Assert.Single(notices), StringComparison.Ordinal);
        Assert.Equal(objective.ValueOf(SubNetwork.Full(Config)), objective.Evaluate(SubNetwork.Full(Config)).Value);
    }

    [Fact]
    public void ValueOf_MachineWhereBlocksDoNotAddUp_SaysThatItIsOff()
    {
        var notices = new List<string>();
        (IExactObjective objective, _) = Create(subNetwork => Additive(subNetwork) * (subNetwork.Layers.Any(layer => layer.Heads.Count > 0 && layer.Units.Count > 0) ? 1.5 : 1), null, notices);
        objective.ValueOf(SubNetwork.Full(Config));
        Assert.Contains("% at worst. That is more than 10 %", Assert.Single(notices), StringComparison.Ordinal);
        Assert.Contains("33.3 %", notices[0], StringComparison.Ordinal);
    }

    [Fact]
    public void ValueOf_TableInTheFolder_IsTakenUnlessItIsOfAnotherDevice()
    {
        using var folder = new TemporaryFolder();
        double first = Create(Additive, folder.Path, []).Objective.ValueOf(SubNetwork.Full(Config));

        // The machine got twice as slow: the run goes on with the table that it began with.
        (IExactObjective resumed, FakeSuperNetwork network) = Create(subNetwork => 2 * Additive(subNetwork), folder.Path, []);
        Assert.Equal(first, resumed.ValueOf(SubNetwork.Full(Config)));
        Assert.Empty(network.Batches);
        Assert.Equal(2 * first, Create(subNetwork => 2 * Additive(subNetwork), folder.Path, [], device: "another").Objective.ValueOf(SubNetwork.Full(Config)), 6);
    }

    [Fact]
    public void ValueOf_CorruptTable_SaysWhatToDo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("latency-table.json"), "{");
        var exception = Assert.Throws<InvalidDataException>(() => Create(Additive, folder.Path, []).Objective.ValueOf(SubNetwork.Full(Config)));
        Assert.Contains("delete it, and latencies are measured again", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UnequalLayers_SaysWhatIsNeeded()
    {
        BertConfig config = Config with { Layers = [new LayerShape(4, 8), new LayerShape(2, 8)] };
        var context = new ObjectiveContext
        {
            SuperNetwork = new FakeSuperNetwork(config, (_, _) => [1, 0]),
            Validation = new Evaluator(Make.Examples(0), Make.Accuracy),
        };
        Assert.Contains("equal layers", Assert.Throws<ArgumentException>(() => Catalogs.Objectives.Create("latency-table", context)).Message, StringComparison.Ordinal);
    }

    /// <summary>Milliseconds: 1, 0.5 a head and 0.1 a unit, of which the last layer that computes anything takes only half.</summary>
    private static double Additive(SubNetwork subNetwork)
    {
        double[] layers = [.. subNetwork.Layers.Where(layer => !layer.IsEmpty).Select(layer => (0.5 * layer.Heads.Count) + (0.1 * layer.Units.Count))];
        return 1 + layers.Sum() - (layers.LastOrDefault() / 2);
    }

    private static (IExactObjective Objective, FakeSuperNetwork Network) Create(Func<SubNetwork, double> milliseconds, string? folder, List<string> notices, string device = "this")
    {
        var time = new ManualTime();
        var network = new FakeSuperNetwork(Config, (subNetwork, _) =>
        {
            time.Advance(TimeSpan.FromMilliseconds(milliseconds(subNetwork)));
            return [1, 0];
        });
        var context = new ObjectiveContext
        {
            SuperNetwork = network,
            Validation = new Evaluator(Make.Examples(0), Make.Accuracy),
            Time = time,
            Folder = folder,
            Device = device,
            Notice = notices.Add,
        };
        return (Assert.IsType<IExactObjective>(Catalogs.Objectives.Create("latency-table", context), exactMatch: false), network);
    }
}
