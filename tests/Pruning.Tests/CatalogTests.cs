using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests;

public sealed class CatalogTests
{
    [Fact]
    public void Names_EveryCatalog_ListsWhatClassesAdded()
    {
        Assert.Superset(new HashSet<string> { "large", "layer", "layer-blocks", "medium", "small", "small-power2" }, Catalogs.SearchSpaces.Names.ToHashSet());
        Assert.Superset(new HashSet<string> { "coins", "paper", "stratified" }, Catalogs.Samplings.Names.ToHashSet());
        Assert.Superset(new HashSet<string> { "ehvi", "evolution", "grid", "layer-dropping", "local", "lsbo", "nsga2", "random", "rsbo" }, Catalogs.SearchMethods.Names.ToHashSet());
        Assert.Superset(
            new HashSet<string> { "error", "flops", "latency", "latency-table", "memory", "paper-parameters", "parameters" }, Catalogs.Objectives.Names.ToHashSet());
        Assert.Superset(new HashSet<string> { "alternating", "distillation", "full", "random", "random-linear", "sandwich", "standard" }, Catalogs.FineTuningStrategies.Names.ToHashSet());
        Assert.Contains("asha", Catalogs.TrialSchedulers.Names);
    }

    [Fact]
    public void Create_EveryName_GivesTheOneOfThatName()
    {
        foreach (string name in Catalogs.SearchSpaces.Names)
        {
            Assert.Equal(name, Catalogs.SearchSpaces.Create(name.ToUpperInvariant(), Make.Config()).Name);
        }

        foreach (string name in Catalogs.SearchMethods.Names)
        {
            Assert.Equal(name, Catalogs.SearchMethods.Create(name, new(Make.Small(), 1)).Name);
        }

        foreach (string name in Catalogs.TrialSchedulers.Names)
        {
            ITrialScheduler scheduler = Catalogs.TrialSchedulers.Create(name, 7);
            Assert.Equal((name, 7), (scheduler.Name, scheduler.MaxEpochs));
        }

        foreach (string name in Catalogs.FineTuningStrategies.Names)
        {
            Assert.Equal(name, Catalogs.FineTuningStrategies.Create(name, new(Make.Small(), new())).Name);
        }
    }

    [Fact]
    public void Create_UnknownName_SaysWhatThereIs()
    {
        var exception = Assert.Throws<ArgumentException>(() => Catalogs.SearchMethods.Create("simulated-annealing", new(Make.Small(), 1)));
        Assert.Contains("no search method 'simulated-annealing'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("grid or layer-dropping or local or lsbo or nsga2 or random or rsbo", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_TakenName_Throws() =>
        Assert.Throws<ArgumentException>(() => Catalogs.SearchSpaces.Add("Small", _ => throw new InvalidOperationException()));
}
