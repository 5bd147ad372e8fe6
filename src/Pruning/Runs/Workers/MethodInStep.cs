using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Runs.Workers;

/// <summary>A worker's search method, kept in step with what all workers finished and claimed.</summary>
internal sealed class MethodInStep(ISearchMethod method, ISearchSpace space, string location)
{
    private readonly SortedDictionary<int, Trial> _finished = [];
    private readonly HashSet<int> _expected = [];
    private SearchPoint? _proposal;
    private int _nextId;

    /// <summary>The finished trials, by id.</summary>
    public IReadOnlyList<Trial> Finished => [.. _finished.Values];

    public int FinishedCount => _finished.Count;

    /// <summary>Tells the method of trials; of those that it was told already, nothing.</summary>
    /// <exception cref="InvalidDataException">A trial is not of this space, or its sub-network is not the one at its point.</exception>
    public void Learn(IEnumerable<Trial> trials)
    {
        foreach (Trial trial in trials.Where(trial => !_finished.ContainsKey(trial.Id)))
        {
            Check(trial);
            _finished.Add(trial.Id, trial);
            method.Tell(trial);
        }
    }

    /// <summary>Lets the method know of a trial that another worker, or one before this, asked for and that is not finished.</summary>
    public void Expect(TrialClaim claim)
    {
        if (IsTaken(claim.Id))
        {
            return;
        }

        _expected.Add(claim.Id);
        _proposal = claim.Point.Equals(_proposal) ? null : _proposal;
        method.Expect(claim.Id, claim.Point);
    }

    /// <summary>The trial that should be claimed next; null when no sub-network is left.</summary>
    /// <remarks>What was asked for but could not be claimed, because the storage was away, is what is claimed once it is back.</remarks>
    public TrialClaim? Ask()
    {
        while (IsTaken(_nextId))
        {
            _nextId++;
        }

        _proposal ??= method.Ask();
        return _proposal is null ? null : new TrialClaim(_nextId, _proposal);
    }

    /// <summary>What was asked for is claimed.</summary>
    public void Claimed(TrialClaim claim)
    {
        _expected.Add(claim.Id);
        _proposal = null;
    }

    private bool IsTaken(int id) => _finished.ContainsKey(id) || _expected.Contains(id);

    private void Check(Trial trial)
    {
        string expected;
        try
        {
            expected = space.SubNetworkAt(trial.Point).ToString();
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"Trial {trial.Id} of {location} does not fit: {exception.Message}", exception);
        }

        if (trial.SubNetwork != expected)
        {
            throw new InvalidDataException(
                $"Trial {trial.Id} of {location} has the point {trial.Point}, which is {expected} and not {trial.SubNetwork}: the journal was changed.");
        }
    }
}
