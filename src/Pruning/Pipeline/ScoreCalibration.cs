using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>Fits the temperature of a finished checkpoint on the task's validation examples (Guo et al. 2017, section 4.2).</summary>
public static class ScoreCalibration
{
    /// <summary>Fits it; null for a regression, which has no scores.</summary>
    /// <param name="data">The task; only its validation part is looked at.</param>
    /// <param name="checkpoint">What is to be served, whole.</param>
    /// <param name="maxLength">Longest input in tokens.</param>
    /// <param name="engine">Runs it.</param>
    /// <param name="precision">What it is to be served in.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public static Calibration? Fit(
        TaskData data, Checkpoint checkpoint, int maxLength, CpuEngine engine, Precision precision, CancellationToken cancellationToken = default)
    {
        if (checkpoint.Config.ProblemType != ProblemType.SingleLabelClassification)
        {
            return null;
        }

        LabelledEncodings examples = TaskEncodings.Encode(data.Definition, data.Validation, checkpoint, maxLength);
        float[] logits = new Evaluator(examples, data.Definition.Metric, lanes: engine.LaneCount)
            .Logits(engine.Load(checkpoint.Parameters, precision), SubNetwork.Full(checkpoint.Config), cancellationToken);
        return TemperatureScaling.Fit(logits, examples.Targets, checkpoint.Config.LabelCount);
    }

    /// <summary>Divides the classifier's weights by T, in place: logits then are what their softmax needs. For formats that know no temperature.</summary>
    public static void FoldInto(BertParameters parameters, double temperature)
    {
        foreach (float[] values in (float[][])[parameters.Classifier.Weight, parameters.Classifier.Bias])
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(values[i] / temperature);
            }
        }
    }

    /// <summary>The checkpoint with its temperature and the figures without and with it; as it is where there is none.</summary>
    public static Checkpoint Apply(Checkpoint checkpoint, Calibration? calibration) =>
        calibration is null ? checkpoint : checkpoint with { Metadata = With(checkpoint.Metadata ?? new EndpointMetadata(), calibration) };

    private static EndpointMetadata With(EndpointMetadata metadata, Calibration calibration) => metadata with
    {
        Temperature = calibration.Temperature,
        Metrics = new MetricTable(metadata.Metrics)
            .Add("validation_nll_uncalibrated", calibration.Before.NegativeLogLikelihood)
            .Add("validation_nll", calibration.After.NegativeLogLikelihood)
            .Add("validation_ece_uncalibrated", calibration.Before.ExpectedCalibrationError)
            .Add("validation_ece", calibration.After.ExpectedCalibrationError).Figures,
    };
}
