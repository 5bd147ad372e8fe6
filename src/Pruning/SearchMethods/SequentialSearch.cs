using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// What the methods have in common: first the initial design (largest, smallest, half-way), then proposals of the method's own; no sub-network twice.
/// </summary>
internal abstract class SequentialSearch : ISearchMethod
{
    private const int Tries = 1000;
    private readonly HashSet<SubNetwork> _seen = [];
    private readonly List<Trial> _finished = [];
    private readonly SearchPoint[] _design;
    private readonly int _seed;
    private int _asked;

    protected SequentialSearch(SearchContext context)
    {
        Space = context.Space;
        _seed = context.Seed;

        // In a tiny space two of the three may be one sub-network.
        _design = [.. new[] { Space.Largest, Space.Smallest, Space.Midpoint }.DistinctBy(Space.SubNetworkAt)];
    }

    public abstract string Name { get; }

    protected ISearchSpace Space { get; }

    protected IReadOnlyList<Trial> Finished => _finished;

    /// <summary>Number of trials of the initial design.</summary>
    protected int DesignCount => _design.Length;

    public SearchPoint? Ask()
    {
        int index = _asked++;
        Random random = RandomStream.Create(_seed, "search", index);
        IEnumerable<SearchPoint> candidates = index < _design.Length
            ? [_design[index]]
            : Enumerable.Range(0, Tries).Select(_ => Propose(index, random));

        // When everything near was evaluated already, anything new will do; null after that many draws in vain.
        return candidates
            .Concat(Enumerable.Range(0, Tries).Select(_ => Space.Sample(random)))
            .FirstOrDefault(point => _seen.Add(Space.SubNetworkAt(point)));
    }

    public virtual void Tell(Trial trial)
    {
        _finished.Add(trial);
        Expect(trial.Id, trial.Point);
    }

    public void Expect(int id, SearchPoint point)
    {
        _seen.Add(Space.SubNetworkAt(point));
        _asked = Math.Max(_asked, id + 1);
    }

    /// <summary>The method's own choice for trial <paramref name="index"/>; called again when the sub-network was evaluated already.</summary>
    protected abstract SearchPoint Propose(int index, Random random);
}
