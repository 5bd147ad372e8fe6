namespace Endpoints.Pruning.Studies;

/// <summary>What depends on one super-network: its fine-tuning, then searches in it and pruning of it, one after the other. Units do not depend on each other.</summary>
/// <param name="Task">The task.</param>
/// <param name="Model">Where it starts.</param>
/// <param name="Strategy">How it is fine-tuned.</param>
/// <param name="Space">Where the strategy draws from, and what is searched.</param>
/// <param name="Seed">Of everything.</param>
/// <param name="Methods">The searches.</param>
/// <param name="Comparisons">Pruning methods, and stand-alone fine-tuning, to compare with.</param>
internal sealed record StudyUnit(
    StudyTask Task, StudyModel Model, string Strategy, string Space, int Seed, IReadOnlyList<string> Methods, IReadOnlyList<string> Comparisons)
{
    /// <summary>The strategy whose networks pruning methods are applied to, as their sources do.</summary>
    public const string Standard = "standard";

    /// <summary>Random sub-networks that are fine-tuned alone.</summary>
    public const string StandAlone = "stand-alone";

    /// <summary>Networks without their top layers, fine-tuned alone.</summary>
    public const string LayerDropping = "layer-dropping";

    /// <summary>Folder of the super-network within the study's.</summary>
    public string SuperNetworkFolder => Path.Combine("super-networks", Name);

    /// <summary>The fine-tuning, the searches and the comparisons.</summary>
    public int Steps => 1 + Methods.Count + Comparisons.Count;

    private string Name => $"{Task.Name}_{Model.Name}_{Strategy}_{Space}_s{Seed}";

    /// <summary>Folder of a search within the study's.</summary>
    public string SearchFolder(string method) => Path.Combine("searches", $"{Name}_{method}");

    /// <summary>Folder of a comparison within the study's.</summary>
    public string ComparisonFolder(string method) => Path.Combine("comparisons", $"{Task.Name}_{Model.Name}_s{Seed}_{method}");

    /// <summary>All units of a plan; seed by seed, so that an unfinished study has whole seeds.</summary>
    public static IReadOnlyList<StudyUnit> Of(StudyPlan plan) =>
    [
        .. from seed in plan.Seeds
           from task in plan.Tasks
           from model in plan.Models
           from pair in Pairs(plan)
           select new StudyUnit(
               task,
               model,
               pair.Strategy,
               pair.Space,
               seed,
               pair == (plan.Strategies[0], plan.Spaces[0]) ? plan.Methods : [plan.Methods[0]],
               pair.Space == plan.Spaces[0] && pair.Strategy.Equals(Standard, StringComparison.OrdinalIgnoreCase) ? Compared(plan) : []),
    ];

    private static string[] Compared(StudyPlan plan) => plan.StandAlone > 0 ? [.. plan.Baselines, StandAlone, LayerDropping] : plan.Baselines;

    private static IEnumerable<(string Strategy, string Space)> Pairs(StudyPlan plan) =>
        plan.Spaces.Select(space => (plan.Strategies[0], space)).Concat(plan.Strategies.Skip(1).Select(strategy => (strategy, plan.Spaces[0])));
}
