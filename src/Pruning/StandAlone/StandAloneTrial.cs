using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Training;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Objectives;

namespace Endpoints.Pruning.StandAlone;

/// <summary>One sub-network in fine-tuning, epoch by epoch. Its point is the epoch with the least validation error, the earliest of equals (the paper calls this standard NAS).</summary>
public sealed class StandAloneTrial : IDisposable
{
    private readonly Trainer _trainer;
    private readonly FineTuningSession _session;
    private readonly Func<BertParameters, bool, EvaluationResult?> _score;
    private readonly List<(EpochResult Result, double Error)> _epochs = [];
    private EvaluationResult? _best;
    private int _bestEpoch;
    private double? _testError;
    private bool _diverged;

    internal StandAloneTrial(
        BertParameters network, LabelledEncodings train, StandAloneSettings settings, TimeProvider time, Func<BertParameters, bool, EvaluationResult?> score)
    {
        _score = score;
        _trainer = new Trainer(network, settings.Trainer);
        try
        {
            _session = new FineTuningSession(_trainer, new StandardStrategy(new StrategyOptions()), settings.FineTuning, train, teacher: null, time);
        }
        catch
        {
            _trainer.Dispose();
            throw;
        }
    }

    /// <summary>Epochs run so far.</summary>
    public int EpochsDone => _epochs.Count;

    /// <summary>True when all epochs were run, or when the loss stopped being a number, after which no epoch can help.</summary>
    public bool IsFinished => _diverged || _session.IsFinished;

    /// <summary>The least validation error of the epochs so far; 1 before the first.</summary>
    public double Error => _best?.Error ?? 1;

    /// <summary>Runs the next epoch and validates it.</summary>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>The validation error after this epoch; 1 where the fine-tuning diverged.</returns>
    /// <exception cref="InvalidOperationException">The trial is finished.</exception>
    public double RunEpoch(CancellationToken cancellationToken = default)
    {
        if (IsFinished)
        {
            throw new InvalidOperationException("The trial is finished: no epoch is left to run.");
        }

        EvaluationResult? evaluation = null;
        try
        {
            EpochResult result = _session.RunEpoch(_ => (evaluation = _score(_trainer.Parameters, false)!).Score, progress: null, cancellationToken);
            _epochs.Add((result, evaluation!.Error));
        }
        catch (InvalidDataException)
        {
            // One sub-network that diverges is a bad sub-network, not the end of a search.
            _diverged = true;
            return 1;
        }

        if (_best is null || evaluation.Error < _best.Error)
        {
            (_best, _bestEpoch) = (evaluation, _epochs.Count);
            _testError = _score(_trainer.Parameters, true)?.Error;
        }

        return evaluation.Error;
    }

    /// <summary>Ends the trial.</summary>
    /// <returns>
    /// The least validation error, with its interval, predictions, test error and the whole curve: <c>error_epoch_1</c>, <c>loss_epoch_1</c>,
    /// <c>seconds_epoch_1</c> and so on. The error is 1 where no epoch was run to its end.
    /// </returns>
    public Measurement Stop()
    {
        Dictionary<string, double> details = _best is null ? [] : ValidationError.DetailsOf(_best);
        details["epochs"] = _epochs.Count;
        details["best_epoch"] = _bestEpoch;
        if (_testError is { } testError)
        {
            details["test_error"] = testError;
        }

        if (_diverged)
        {
            details["diverged"] = 1;
        }

        foreach ((EpochResult result, double error) in _epochs)
        {
            string epoch = result.Epoch.ToString(CultureInfo.InvariantCulture);
            details[IEpochObjective.DetailOf(StandAloneError.ObjectiveName, result.Epoch)] = error;
            details[$"loss_epoch_{epoch}"] = result.Loss;
            details[$"seconds_epoch_{epoch}"] = result.Seconds;
        }

        Dispose();
        return new Measurement(Error, details) { Predictions = _best?.Predictions };
    }

    /// <inheritdoc/>
    public void Dispose() => _trainer.Dispose();
}
