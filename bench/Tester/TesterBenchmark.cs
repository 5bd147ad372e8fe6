using System.Diagnostics;
using System.Globalization;

namespace Endpoints.Bench.Tester;

/// <summary>
/// How many requests a second one core of load tester makes, beside .NET's HTTP client, which records nothing, and bare sockets that send and receive the
/// same bytes. Each has processor 0 for itself, one after the other in several rounds; the server that they load has processor 1.
/// </summary>
internal static class TesterBenchmark
{
    private const int Rounds = 5;
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static readonly (string Role, string Name, bool Inline)[] Contestants =
    [
        ("sockets", "bare sockets (the limit)", true), ("tester", "the load tester", true),
        ("tester", "the load tester, on the thread pool", false), ("http", "HttpClient", false),
    ];

    public static void Run(Report report, bool isQuick)
    {
        double seconds = isQuick ? 1 : 4;
        var found = new List<(double PerSecond, double Microseconds)>[Contestants.Length];
        using Process server = Start(1, inline: true, "tester-role", "server");
        string port = server.StandardOutput.ReadLine()!;
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < Contestants.Length; i++)
            {
                using Process contestant = Start(0, Contestants[i].Inline, "tester-role", Contestants[i].Role, port, seconds.ToString(CultureInfo.InvariantCulture));
                string[] figures = contestant.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries);
                contestant.WaitForExit();
                (found[i] ??= []).Add(figures.Length == 2
                    ? (double.Parse(figures[0], CultureInfo.InvariantCulture), double.Parse(figures[1], CultureInfo.InvariantCulture))
                    : throw new InvalidOperationException($"{Contestants[i].Name} ended with {contestant.ExitCode} and no figures."));
            }
        }

        server.StandardInput.Close();
        server.WaitForExit();
        Print(report, found, seconds);
    }

    private static void Print(Report report, List<(double PerSecond, double Microseconds)>[] found, double seconds)
    {
        report.Heading("Load tester");
        report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"Requests a second with one core, {TesterRoles.Connections} connections in a closed loop, against a server on another core that answers at once; median (most) of {Rounds} rounds of {seconds} s. Processor time is what a request costs however busy the core was with others."));
        report.Columns("what", "requests/s", "(most)", "us/request", "(least)", "of bare sockets");
        double limit = Median(found[0], each => each.Microseconds);
        for (int i = 0; i < found.Length; i++)
        {
            double microseconds = Median(found[i], each => each.Microseconds);
            report.Row(
                Contestants[i].Name, Text(Median(found[i], each => each.PerSecond), "N0"), Text(found[i].Max(each => each.PerSecond), "N0"),
                Text(microseconds, "F1"), Text(found[i].Min(each => each.Microseconds), "F1"), Text(limit / microseconds, "P0"));
        }

        report.End();
    }

    private static double Median(List<(double PerSecond, double Microseconds)> found, Func<(double PerSecond, double Microseconds), double> figure) =>
        found.Select(figure).Order().ElementAt(found.Count / 2);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>This program again, on one processor.</summary>
    internal static Process Start(int processor, bool inline, params string[] arguments)
    {
        var start = new ProcessStartInfo("taskset") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["-c", processor.ToString(CultureInfo.InvariantCulture), Environment.ProcessPath!, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        // A short run would mostly time code that is not optimised yet, which what is published has none of.
        start.Environment["DOTNET_TC_QuickJit"] = "0";
        start.Environment[Inline] = inline ? "1" : "0";
        return Process.Start(start)!;
    }
}
