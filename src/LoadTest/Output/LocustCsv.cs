using System.Globalization;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Output;

/// <summary>
/// Locust's four CSV files: same names, headers, order and number formats, so that scripts written for Locust read them. One thing is better than
/// there: response times are those of answered requests only, so that quick rejections do not pull them down. They cover the whole test of a target,
/// warm-ups included.
/// </summary>
internal static class LocustCsv
{
    public const string StatsHeader =
        "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size," +
        "Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\r\n";

    public const string HistoryHeader =
        "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,Total Request Count,Total Failure Count," +
        "Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size\r\n";

    public const string FailuresHeader = "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n";

    public const string ExceptionsHeader = "Count,Message,Traceback,Nodes\r\n";

    private const string Method = "POST";
    private const string Aggregated = "Aggregated";
    private static readonly double[] Shares = [0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1];

    public static IEnumerable<string> Stats(TargetUnderTest target)
    {
        Recorder counts = target.Whole.Copy();
        string[] figures =
        [
            CsvFile.Cell(counts.Requests), CsvFile.Cell(counts.Failures), .. Times(counts),
            CsvFile.Cell(Rate(counts.Requests, target.Elapsed)), CsvFile.Cell(Rate(counts.Failures, target.Elapsed)), .. Percentiles(counts[Outcome.Ok]),
        ];
        return [StatsHeader, CsvFile.Row([Method, NameOf(target), .. figures]), CsvFile.Row(["", Aggregated, .. figures])];
    }

    /// <summary>A second of the test: rates and percentiles of that second, totals since the start.</summary>
    public static string HistoryRow(DateTimeOffset now, int users, Recorder counts, Recorder before, TimeSpan span)
    {
        string[] rates = [.. new[] { counts.Requests - before.Requests, counts.Failures - before.Failures }
            .Select(count => Rate(count, span).ToString("F6", CultureInfo.InvariantCulture))];
        return CsvFile.Row([
            CsvFile.Cell(now.ToUnixTimeSeconds()), CsvFile.Cell(users), "", Aggregated, .. rates, .. Percentiles(counts[Outcome.Ok].Since(before[Outcome.Ok])),
            CsvFile.Cell(counts.Requests), CsvFile.Cell(counts.Failures), .. Times(counts)]);
    }

    public static IEnumerable<string> Failures(TargetUnderTest target) =>
        [FailuresHeader, .. target.Failures.All.Select(failure => CsvFile.Row(
            [Method, NameOf(target), failure.Reason, CsvFile.Cell(failure.Count), Stamp(failure.FirstSeen), Stamp(failure.LastSeen)]))];

    public static IEnumerable<string> Exceptions(TargetUnderTest target) =>
        [ExceptionsHeader, .. target.Failures.All.Where(failure => failure.Exception is not null).Select(failure => CsvFile.Row(
            [CsvFile.Cell(failure.Count), failure.Reason, failure.Exception!.ToString(), "local"]))];

    private static string NameOf(TargetUnderTest target) => target.Target.Url.PathAndQuery;

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>Median, mean, shortest and longest response time in ms, and the mean size of an answer.</summary>
    private static string[] Times(Recorder counts)
    {
        LatencyHistogram ok = counts[Outcome.Ok];
        double size = counts.Requests == 0 ? 0 : (double)counts.Bytes / counts.Requests;
        return [Milliseconds(ok.Percentile(0.5)), CsvFile.Cell(ok.Mean / 1000), CsvFile.Cell(ok.Min / 1000.0), CsvFile.Cell(ok.Max / 1000.0), CsvFile.Cell(size)];
    }

    private static IEnumerable<string> Percentiles(LatencyHistogram ok) =>
        ok.Count == 0 ? Shares.Select(_ => "N/A") : Shares.Select(share => Milliseconds(ok.Percentile(share)));

    /// <summary>Whole milliseconds, as Locust gives percentiles.</summary>
    private static string Milliseconds(long microseconds) => CsvFile.Cell((long)Math.Round(microseconds / 1000.0, MidpointRounding.AwayFromZero));

    private static double Rate(long count, TimeSpan span) => span > TimeSpan.Zero ? count / span.TotalSeconds : 0;
}
