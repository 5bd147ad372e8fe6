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
    private readonly SortedList<int, Trial> _finished = [];
    private readonly List<SearchPoint> _pending = [];
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

    /// <summary>The trials told, by their numbers: the order in which workers finished them does not matter.</summary>
    protected IList<Trial> Finished => _finished.Values;

    /// <summary>What was asked for and is still being evaluated.</summary>
    protected IReadOnlyList<SearchPoint> Pending => _pending;

    /// <summary>Number of trials of the initial design.</summary>
    protected int DesignCount => _design.Length;

    public SearchPoint? Ask()
    {
        int index = _asked++;
        Random random = RandomStream.Create(_seed, "search", index);
        IEnumerable<SearchPoint> candidates = index < _design.Length ? [_design[index]] : Proposals(index, random).Take(Tries);

        // When everything near was evaluated already, anything new will do; null after that many draws in vain.
        SearchPoint? point = candidates
            .Concat(Enumerable.Range(0, Tries).Select(_ => Space.Sample(random)))
            .FirstOrDefault(candidate => _seen.Add(Space.SubNetworkAt(candidate)));
        if (point is not null)
        {
            _pending.Add(point);
        }

        return point;
    }

    public virtual void Tell(Trial trial)
    {
        _finished[trial.Id] = trial;
        _pending.Remove(trial.Point);
        _seen.Add(Space.SubNetworkAt(trial.Point));
        _asked = Math.Max(_asked, trial.Id + 1);
    }

    public void Expect(int id, SearchPoint point)
    {
        _asked = Math.Max(_asked, id + 1);
        if (_seen.Add(Space.SubNetworkAt(point)))
        {
            _pending.Add(point);
        }
    }

    /// <summary>The method's own choices for trial <paramref name="index"/>, best first, as many as may be: the first that is new is taken.</summary>
    protected abstract IEnumerable<SearchPoint> Proposals(int index, Random random);

    /// <summary>Points drawn by the space's own rule, without end.</summary>
    protected IEnumerable<SearchPoint> RandomPoints(Random random)
    {
        while (true)
        {
            yield return Space.Sample(random);
        }
    }
}
