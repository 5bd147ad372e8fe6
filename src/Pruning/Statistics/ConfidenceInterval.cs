using System.Text.Json.Serialization;

namespace Endpoints.Pruning.Statistics;

/// <summary>Where the true value of a metric lies with 95 % confidence, as far as the examples at hand tell. NaN at both ends where it is undefined.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct ConfidenceInterval(double Low, double High)
{
    /// <summary>False where the metric is undefined.</summary>
    [JsonIgnore]
    public bool IsDefined => double.IsFinite(Low) && double.IsFinite(High);

    /// <summary>The interval of 1 - the metric.</summary>
    public ConfidenceInterval ToError() => new(1 - High, 1 - Low);
}
