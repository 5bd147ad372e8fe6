using System.Text.Json;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Runs;

/// <summary>What is right for the validation examples, in <c>validation.json</c> of a run's folder: with the trials' predictions, all that tests between trials need.</summary>
/// <param name="Metric">Name of the task's metric.</param>
/// <param name="Targets">The right labels or values, as text.</param>
public sealed record ValidationTruth(string Metric, string Targets)
{
    private const string FileName = "validation.json";

    /// <summary>From a metric and the examples' labels or values.</summary>
    public static ValidationTruth Of(IMetric metric, ReadOnlySpan<float> targets) => new(metric.Name, PredictionText.Encode(targets));

    /// <summary>The truth of a run's folder; null where it keeps none.</summary>
    /// <exception cref="InvalidDataException">The file is not what this program wrote.</exception>
    public static ValidationTruth? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            ValidationTruth truth = JsonSerializer.Deserialize(File.ReadAllBytes(path), RunJson.Default.ValidationTruth) ?? throw new JsonException("it is null");
            _ = (MetricCatalog.Find(truth.Metric), PredictionText.Decode(truth.Targets));
            return truth;
        }
        catch (Exception exception) when (exception is JsonException or TaskException or InvalidDataException)
        {
            throw new InvalidDataException($"{path} cannot be read ({exception.Message.TrimEnd('.')}): delete it and run the search again, which writes it anew.", exception);
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    internal void Write(string folder)
    {
        string path = Path.Combine(folder, FileName);
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Default.ValidationTruth));
        File.Move(path + ".new", path, overwrite: true);
    }
}
