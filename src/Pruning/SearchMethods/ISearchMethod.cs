using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>Decides which sub-network to evaluate next.</summary>
/// <remarks>
/// The multi-objective search of section 3 of the paper.
/// What it asks for depends only on its seed and the trials that it was told of, so a search resumes by telling the finished trials again. Trials are numbered in
/// the order in which they were asked for. Several may be asked for before the first is told, and they may be told in any order. Not thread-safe.
/// </remarks>
public interface ISearchMethod
{
    /// <summary>The name that users choose it by, for example <c>random</c>.</summary>
    string Name { get; }

    /// <summary>The next point to evaluate; null when no sub-network is left that was neither evaluated nor asked for.</summary>
    SearchPoint? Ask();

    /// <summary>
    /// Takes in a trial that this object did not ask for and that is in evaluation: by another worker, or again after a kill. Its sub-network is not
    /// asked for; it may be told later, or never.
    /// </summary>
    void Expect(int id, SearchPoint point);

    /// <summary>Takes in a finished trial, of this process or of one that was killed.</summary>
    void Tell(Trial trial);
}

/// <summary>What making a search method needs.</summary>
/// <param name="Space">Where to search.</param>
/// <param name="Seed">Same seed, same search.</param>
public sealed record SearchContext(ISearchSpace Space, int Seed)
{
    /// <value>
    /// What is minimised, in the order of every trial's values. A method that models objectives takes those that are <see cref="IExactObjective"/> as known;
    /// left empty (default), it learns them all from the trials.
    /// </value>
    public IReadOnlyList<IObjective> Objectives { get; init; } = [];
}
