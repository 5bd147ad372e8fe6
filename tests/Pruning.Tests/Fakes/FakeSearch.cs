using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Tests.Fakes;

/// <summary>A search with objectives that cost nothing: counts what it evaluates and collects what it says.</summary>
internal sealed class FakeSearch(string folder, string method = "random", int seed = 3)
{
    private readonly ISearchSpace _space = Make.Small();

    public List<string> Evaluated { get; } = [];

    public List<string> Notices { get; } = [];

    public List<SearchProgress> Progress { get; } = [];

    public ManualTime Time { get; } = new();

    /// <summary>Called before every evaluation, with its number in this process.</summary>
    public Action<int> OnEvaluate { get; set; } = _ => { };

    /// <summary>Called within every evaluation, after <see cref="OnEvaluate"/>.</summary>
    public Action Evaluating { get; set; } = () => { };

    public StorageChoice? Storage { get; set; }

    public Func<SubNetwork, double> Error { get; set; } = ErrorOf;

    public static RunConfiguration Configuration(string method = "random", int seed = 3) => new()
    {
        Task = "demo",
        Validation = "v",
        SuperNetwork = "w",
        Space = "small",
        Method = method,
        Seed = seed,
        Objectives = [new("error", ""), new("parameters", "")],
    };

    public FrontReport Run(int trials, CancellationToken cancellationToken = default) => SearchRun.Run(
        new SearchSetup
        {
            Folder = folder,
            Storage = Storage,
            Configuration = Configuration(method, seed),
            Space = _space,
            Method = Catalogs.SearchMethods.Create(method, new SearchContext(_space, seed)),
            Objectives = [new FakeObjective("error", Evaluate), new FakeObjective("parameters", sub => ParameterCount.Sliced(_space.SuperNetwork, sub))],
            Trials = trials,
            Time = Time,
            Notice = Notices.Add,
            Progress = Progress.Add,
        },
        cancellationToken);

    /// <summary>Falls with layers, mostly with heads, and bumpily with units.</summary>
    private static double ErrorOf(SubNetwork subNetwork) => 1.0 / (1 + subNetwork.Layers.Sum(layer => layer.Heads.Count + (layer.Units.Count % 3)));

    private double Evaluate(SubNetwork subNetwork)
    {
        OnEvaluate(Evaluated.Count);
        Evaluating();
        Evaluated.Add(subNetwork.ToString());
        return Error(subNetwork);
    }

    private sealed class FakeObjective(string name, Func<SubNetwork, double> value) : IObjective
    {
        public string Name => name;

        public string Unit => "";

        public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default) => new(value(subNetwork));
    }
}
