using System.Runtime.CompilerServices;
using Endpoints.Pruning.Fronts;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>Decides while a trial is being trained whether it goes on: what stand-alone search, which trains every sub-network for itself, saves its time with.</summary>
/// <remarks>What it decides depends only on what was reported before, in that order, so a resumed search reports the earlier results again. Not thread-safe.</remarks>
public interface ITrialScheduler
{
    /// <summary>The name that users choose it by, for example <c>asha</c>.</summary>
    string Name { get; }

    /// <summary>Most epochs that a trial is trained for.</summary>
    int MaxEpochs { get; }

    /// <summary>Takes in a trial's objective values after an epoch.</summary>
    /// <param name="trial">Number of the trial.</param>
    /// <param name="epoch">Epochs that it was trained for, from 1.</param>
    /// <param name="values">Its objective values then, all minimised.</param>
    /// <returns>True when the trial goes on to the next epoch.</returns>
    bool Report(int trial, int epoch, double[] values);
}

/// <summary>
/// Multi-objective asynchronous successive halving (MO-ASHA of the paper; Schmucker et al. 2021), in the form that stops trials: at each rung, an epoch of 1, η, η², ..., a trial
/// goes on when it is among the best 1/η of all that ever reached the rung. The first to arrive always goes on.
/// </summary>
/// <remarks>With η = 3 and at most 5 epochs, as the paper has it, rungs are at 1 and 3. Best is the order of <see cref="NonDominatedOrder"/>: by true ranks.</remarks>
public sealed class AshaScheduler : ITrialScheduler
{
    private readonly int _eta;
    private readonly SortedDictionary<int, List<double[]>> _rungs = [];

    /// <summary>Makes the rungs.</summary>
    /// <param name="maxEpochs">Most epochs of a trial. Default 5; at least 1.</param>
    /// <param name="eta">One of so many goes on from each rung. Default 3; at least 2.</param>
    public AshaScheduler(int maxEpochs = 5, int eta = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEpochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(eta, 2);
        (MaxEpochs, _eta) = (maxEpochs, eta);
        for (long rung = 1; rung < maxEpochs; rung *= eta)
        {
            _rungs.Add((int)rung, []);
        }
    }

    /// <inheritdoc/>
    public string Name => "asha";

    /// <inheritdoc/>
    public int MaxEpochs { get; }

    /// <summary>The epochs after which trials are compared.</summary>
    public IReadOnlyCollection<int> Rungs => _rungs.Keys;

    [ModuleInitializer]
    internal static void Register() => Catalogs.TrialSchedulers.Add("asha", maxEpochs => new AshaScheduler(maxEpochs));

    /// <inheritdoc/>
    public bool Report(int trial, int epoch, double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        if (epoch >= MaxEpochs)
        {
            return false;
        }

        if (!_rungs.TryGetValue(epoch, out List<double[]>? reached))
        {
            return true;
        }

        reached.Add(values);
        int better = NonDominatedOrder.Positions(reached)[^1];
        return reached.Count == 1 || better * _eta <= reached.Count;
    }
}
