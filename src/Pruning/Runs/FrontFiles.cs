using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Endpoints.Pruning.Runs;

/// <summary>Writes a report as <c>trials.csv</c>, <c>front.csv</c> and <c>front.json</c>.</summary>
internal static class FrontFiles
{
    public static void Write(string folder, FrontReport report)
    {
        Dictionary<int, int> ranks = report.Trials.Select((trial, i) => (trial.Id, Rank: report.Ranks[i])).ToDictionary(pair => pair.Id, pair => pair.Rank);
        Replace(Path.Combine(folder, "trials.csv"), Csv(report, report.Trials, ranks));
        Replace(Path.Combine(folder, "front.csv"), Csv(report, report.Front, ranks));
        FrontDocument document = FrontDocument.Of(report);
        Replace(Path.Combine(folder, FrontReport.FrontFile), JsonSerializer.Serialize(document, FrontJson.Default.FrontDocument) + "\n");
    }

    private static string Csv(FrontReport report, IReadOnlyList<Trial> trials, Dictionary<int, int> ranks)
    {
        string[] details = [.. report.Trials.SelectMany(trial => trial.Details.Keys).Distinct().Order(StringComparer.Ordinal)];
        var csv = new StringBuilder();
        AppendRow(csv, [
            "trial", "sub_network",
            .. report.Configuration.Objectives.Select(objective => objective.Unit.Length == 0 ? objective.Name : $"{objective.Name}_{objective.Unit}"),
            "sliced_parameters", "paper_parameters", "rank", "seconds", .. details]);
        foreach (Trial trial in trials)
        {
            AppendRow(csv, [
                Number(trial.Id), trial.SubNetwork, .. trial.Values.Select(Number),
                Number(trial.Parameters), Number(trial.PaperParameters), Number(ranks[trial.Id]), Number(trial.Seconds),
                .. details.Select(name => trial.Details.TryGetValue(name, out double value) ? Number(value) : "")]);
        }

        return csv.ToString();
    }

    private static void AppendRow(StringBuilder csv, IEnumerable<string> cells) => csv.AppendJoin(',', cells.Select(Quoted)).Append('\n');

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Replace(string path, string contents) => RunFolder.Replace(path, Encoding.UTF8.GetBytes(contents));
}
