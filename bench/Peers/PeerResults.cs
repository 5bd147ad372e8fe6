using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Endpoints.Tests;

namespace Endpoints.Bench.Peers;

/// <summary>Keeps a run in <c>bench/results</c>, as text to read and as JSON to compute with.</summary>
internal static class PeerResults
{
    public static void Write(Report report, List<Goal> goals, List<Measurement> measurements, bool isQuick, TimeProvider time)
    {
        string folder = Path.Combine(Repository.Root, "bench", "results");
        Directory.CreateDirectory(folder);
        string date = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string path = Path.Combine(folder, $"{date}-{Slug(Machine.Processor())}{(isQuick ? "-quick" : "")}");
        string commit = Commit();
        report.Note($"Commit {commit}. Written to bench/results/{Path.GetFileName(path)}.md and .json.");
        File.WriteAllText($"{path}.md", $"# Our engine and its peers\n\n{report.Markdown}");
        File.WriteAllText($"{path}.json", JsonSerializer.Serialize(new PeerRun(Machine.Describe(time), commit, goals, measurements), PeerRunJson.Default.PeerRun));
    }

    private static string Slug(string text) =>
        string.Join('-', new string([.. text.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Commit()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"])
            {
                WorkingDirectory = Repository.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var git = Process.Start(start)!;
            string name = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return name.Length > 0 ? name : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
