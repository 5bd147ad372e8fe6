using Endpoints.Bert;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning;

/// <summary>Everything that can be chosen by name.</summary>
public static class Catalogs
{
    /// <summary>Search spaces over a super-network of some shape.</summary>
    public static Catalog<BertConfig, ISearchSpace> SearchSpaces { get; } = new("search space");

    /// <summary>Rules by which a search space's points are drawn: each gives the same space with another way of drawing.</summary>
    public static Catalog<ISearchSpace, ISearchSpace> Samplings { get; } = new("sampling");

    /// <summary>Search methods.</summary>
    public static Catalog<SearchContext, ISearchMethod> SearchMethods { get; } = new("search method");

    /// <summary>Rules that end trials in training early; what making one needs is the most epochs of a trial.</summary>
    public static Catalog<int, ITrialScheduler> TrialSchedulers { get; } = new("trial scheduler");

    /// <summary>Objectives.</summary>
    public static Catalog<ObjectiveContext, IObjective> Objectives { get; } = new("objective");

    /// <summary>Fine-tuning strategies.</summary>
    public static Catalog<StrategyContext, IFineTuningStrategy> FineTuningStrategies { get; } = new("fine-tuning strategy");
}
