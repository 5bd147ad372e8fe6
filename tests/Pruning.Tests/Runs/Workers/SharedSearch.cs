using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Runs.Workers;

/// <summary>What must hold of workers that share a search, whatever its storage: each is a process of its own, with an output folder of its own.</summary>
/// <param name="storage">What they share.</param>
/// <param name="environment">Variables of theirs.</param>
internal sealed class SharedSearch(string storage, IReadOnlyDictionary<string, string> environment) : IDisposable
{
    private const int Trials = 45;
    private readonly TemporaryFolder _folder = new();
    private readonly List<HostProcess> _workers = [];

    public void WorkersTogether_EvaluateEachSubNetworkOnce()
    {
        HostProcess[] workers = [Start(Trials), Start(Trials), Start(Trials)];
        Assert.All(workers, worker => Assert.True(worker.WaitForEnd() == 0, worker.Error));
        AssertEachOnce(workers);
        Assert.Equal(Trials, workers.SelectMany(Evaluated).Count());
    }

    public void AWorkerKilledInMidTrial_ItsTrialIsEvaluatedByOneThatWaits()
    {
        HostProcess dying = Start(Trials, hang: 2);
        dying.RequireLine("hang ");
        HostProcess living = Start(Trials);

        // The last trial that is not the dead worker's.
        for (int finished = 3; finished < Trials; finished++)
        {
            living.RequireLine("finished ");
        }

        dying.Kill();
        Assert.True(living.WaitForEnd() == 0, living.Error);
        Assert.Contains($"evaluate {dying.Lines[^1]["hang ".Length..]}", living.Lines);
        AssertEachOnce([dying, living]);
    }

    public void AWorkerTerminatedInMidTrial_GivesItBackAtOnce()
    {
        HostProcess leaving = Start(Trials, hang: 2);
        leaving.RequireLine("hang ");
        leaving.Terminate();
        Assert.Equal(1, leaving.WaitForEnd());
        HostProcess next = Start(3);
        Assert.True(next.WaitForEnd() == 0, next.Error);
        Assert.Equal([leaving.Lines[^1]["hang ".Length..]], Evaluated(next));
    }

    public void WorkersKilledAgainAndAgain_LoseAndRepeatNothing()
    {
        var random = new Random(7);
        for (int kill = 0; kill < 6; kill++)
        {
            HostProcess[] pair = [Start(Trials, hang: 1 + random.Next(4)), Start(Trials, hang: 1 + random.Next(4))];
            foreach (HostProcess worker in pair)
            {
                worker.RequireLine("hang ");
                worker.Kill();
            }
        }

        HostProcess last = Start(Trials);
        Assert.True(last.WaitForEnd() == 0, last.Error);
        AssertEachOnce(_workers);
    }

    public void Dispose()
    {
        _workers.ForEach(worker => worker.Dispose());
        _folder.Dispose();
    }

    private static IEnumerable<string> Evaluated(HostProcess worker) =>
        worker.Lines.Where(line => line.StartsWith("evaluate ", StringComparison.Ordinal)).Select(line => line["evaluate ".Length..]);

    private static void AssertEachOnce(IEnumerable<HostProcess> workers)
    {
        string[] evaluated = [.. workers.SelectMany(Evaluated)];
        Assert.Equal(evaluated.Length, evaluated.Distinct().Count());
    }

    private HostProcess Start(int trials, int? hang = null)
    {
        string output = _folder.File($"out{_workers.Count}");
        HostProcess worker = HostProcess.Start(HostProcess.Command(output, storage, "random", trials, hang), environment);
        _workers.Add(worker);
        return worker;
    }
}
