using System.Globalization;
using System.Text.Json;
using Endpoints.Charts.Pages;

namespace Endpoints.Pruning.Pipeline;

/// <summary>The page of pruned networks: metric and cost against sparsity as pictures and a table, for each task of a multitask network.</summary>
public static class CurveReport
{
    /// <summary>True where a folder, or each of the folders of its tasks, holds a curve.</summary>
    public static bool IsIn(string folder) => Files(folder).Count > 0;

    /// <summary>Writes <c>report.html</c> into the folder.</summary>
    /// <returns>The page's path.</returns>
    /// <exception cref="InvalidDataException">There is no curve, or it cannot be read.</exception>
    public static string Write(string folder)
    {
        IReadOnlyList<string> files = Files(folder);
        PruningCurve[] curves = files.Count > 0 ? [.. files.Select(Read)] : throw new InvalidDataException($"{folder} holds no pruning curve: expected {PruningCurve.FileName}.");
        var page = new ReportPage
        {
            Title = $"Pruning: {string.Join(", ", curves.Select(curve => curve.Method).Distinct())}",
            Lead =
            [
                Text($"{string.Join(", ", curves.Select(curve => curve.Task))}: {curves[0].Points.Count} networks for each of {curves[0].Seeds} seeds, without retraining. Bands and ± are one standard deviation over seeds."),
                .. curves.Any(curve => curve.IsOfSingleWeights) ? ["Single weights were set to zero: latency and operations stay those of the whole network, for a dense engine multiplies zeros like any other number."] : (string[])[],
            ],
            Sections = [.. curves.Select(curve => new ReportSection(curve.Task, [.. Blocks(curve)]))],
        };
        string path = Path.Combine(folder, "report.html");
        File.WriteAllText(path, page.ToHtml());
        return path;
    }

    private static IEnumerable<ReportBlock> Blocks(PruningCurve curve)
    {
        yield return new ChartBlock(curve.ScoreChart());
        if (curve.IsOfSingleWeights)
        {
            yield return new ChartBlock(curve.PrunableChart());
        }

        yield return new ChartBlock(curve.CostChart());
        yield return new ReportTable(
            "Every network",
            ["Level", "Parameters removed", $"Train {curve.Metric}", "Validation", "Test", "Parameters", "GFLOP", "Latency"],
            [
                .. curve.Points.Select(point => (IReadOnlyList<string>)
                [
                    Text($"{100 * point.Level:0} %"), curve.Percent(point.Sparsity), curve.Percent(point.Train), curve.Percent(point.Validation), curve.Percent(point.Test),
                    Text($"{point.Parameters.Mean:N0}"), Text($"{point.GflopExecuted.Mean:0.#####}"), Text($"{point.LatencyMilliseconds.Mean:0.000} ms"),
                ]),
            ]);
    }

    private static IReadOnlyList<string> Files(string folder)
    {
        string own = Path.Combine(folder, PruningCurve.FileName);
        return File.Exists(own) ? [own]
            : Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Select(task => Path.Combine(task, PruningCurve.FileName)).Where(File.Exists).Order(StringComparer.Ordinal)]
            : [];
    }

    private static PruningCurve Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CurveJson.Default.PruningCurve) ?? throw new InvalidDataException($"{path} is empty: run the pruning again.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is no pruning curve ({exception.Message}): run the pruning again.", exception);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
