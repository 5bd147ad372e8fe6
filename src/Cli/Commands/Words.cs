using System.Globalization;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Cli.Commands;

/// <summary>How commands say things that several of them say.</summary>
internal static class Words
{
    /// <summary>For example <c> (95 %: 0.8910 to 0.9240)</c>; nothing where the interval is not known.</summary>
    public static string Interval(ConfidenceInterval? interval) => interval is { IsDefined: true } ends
        ? string.Create(CultureInfo.InvariantCulture, $" (95 %: {ends.Low:0.0000} to {ends.High:0.0000})")
        : "";

    /// <summary>What a calibration did.</summary>
    public static string Calibration(Calibration calibration) => string.Create(
        CultureInfo.InvariantCulture,
        $"Calibrated on validation: temperature {calibration.Temperature:0.000}, expected calibration error {calibration.Before.ExpectedCalibrationError:0.0000} to {calibration.After.ExpectedCalibrationError:0.0000}, negative log-likelihood {calibration.Before.NegativeLogLikelihood:0.0000} to {calibration.After.NegativeLogLikelihood:0.0000}.");
}
