using System.Diagnostics;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Runs.Workers;

public sealed class KillTests
{
    /// <summary>
    /// Kills a search with SIGKILL again and again, 50 times in all: after a random number of its lines, and then some random microseconds, so in any part of a trial.
    /// </summary>
    [Theory]
    [InlineData("random", 1, 10, 70)]
    [InlineData("local", 2, 10, 70)]
    [InlineData("evolution", 3, 8, 60)]
    [InlineData("nsga2", 4, 8, 60)]
    [InlineData("grid", 5, 8, 60)]
    [InlineData("ehvi", 6, 6, 25)] // its trials cost time
    public void Run_KilledAtRandomMoments_RepeatsAndLosesNothingAndEndsTheSame(string method, int seed, int killCount, int trialCount)
    {
        using var whole = new TemporaryFolder();
        using (HostProcess undisturbed = HostProcess.Start(HostProcess.Command(whole.Path, "", method, trialCount)))
        {
            Assert.Equal(0, undisturbed.WaitForEnd());
        }

        var random = new Random(seed);
        for (int kills = 0; kills < killCount;)
        {
            using var folder = new TemporaryFolder();
            kills += KillUntilDone(folder, method, trialCount, random, killCount - kills);
            Assert.Equal(Trials(whole.Path), Trials(folder.Path));
            Assert.Equal(Front(whole.Path), Front(folder.Path));
        }
    }

    /// <summary>Returns how many workers were killed before the search was done.</summary>
    private static int KillUntilDone(TemporaryFolder folder, string method, int trialCount, Random random, int wanted)
    {
        string journal = folder.File(TrialJournal.FileName), before = "";
        for (int kills = 0; ;)
        {
            using HostProcess worker = HostProcess.Start(HostProcess.Command(folder.Path, "", method, trialCount));
            if (kills < wanted)
            {
                WaitAWhile(worker, random);
                worker.Kill();
            }

            int code = worker.WaitForEnd();
            string[] finished = [.. Finished(before)];
            Assert.DoesNotContain(worker.Lines, line => line.StartsWith("evaluate ", StringComparison.Ordinal) && finished.Contains(line["evaluate ".Length..]));
            string now = File.Exists(journal) ? File.ReadAllText(journal) : "";
            Assert.StartsWith(before, now, StringComparison.Ordinal);
            before = now[..(now.LastIndexOf('\n') + 1)];
            if (worker.Lines.Contains($"done {trialCount}"))
            {
                return kills;
            }

            Assert.True(kills < wanted, $"The undisturbed worker ended with {code}: {worker.Error}");
            kills++;
        }
    }

    /// <summary>Up to two trials, so that most of the kills fall before the end.</summary>
    private static void WaitAWhile(HostProcess worker, Random random)
    {
        for (int lines = random.Next(0, 9); lines > 0 && worker.WaitFor(""); lines--)
        {
        }

        long end = Stopwatch.GetTimestamp() + (random.Next(3000) * Stopwatch.Frequency / 1_000_000);
        while (Stopwatch.GetTimestamp() < end)
        {
            Thread.SpinWait(10);
        }
    }

    /// <summary>The sub-networks of the journal's finished lines.</summary>
    private static IEnumerable<string> Finished(string journal) =>
        journal.Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.Split("\"subNetwork\":\"")[1].Split('"')[0]);

    private static string[] Trials(string folder) =>
        [.. TrialJournal.Read(folder).Trials.Select(trial => $"{trial.Id} {trial.Point} {trial.SubNetwork} {string.Join(' ', trial.Values)}")];

    private static string[] Front(string folder) => [.. FrontReport.Read(folder).Front.Select(trial => $"{trial.Id} {trial.SubNetwork}")];
}
