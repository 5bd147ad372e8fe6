using System.Collections.Concurrent;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Storage.Folders;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Studies;

/// <summary>Where a study stands.</summary>
/// <param name="Done">Finished steps, those of an earlier run included.</param>
/// <param name="Total">All steps.</param>
/// <param name="Last">The step that just finished.</param>
/// <param name="Remaining">Estimated time left; null before the first step of this run.</param>
public readonly record struct StudyProgress(int Done, int Total, string Last, TimeSpan? Remaining);

/// <summary>Runs a plan: fine-tunes super-networks and searches in them, several at once. A study that was stopped continues where it was.</summary>
public static class StudyRun
{
    /// <summary>Name of the plan's copy in a study's folder.</summary>
    public const string PlanFile = "study.json";

    private const string LockFile = "study.lock";

    /// <summary>Runs all steps that are not finished.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="folder">The study's folder.</param>
    /// <param name="workers">Super-networks at once, each on one thread of its own; small networks gain more from that than from threads that share one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Called after every step, by one thread at a time; may be null.</param>
    /// <param name="cancellationToken">Stops within a fine-tuning or between two trials; finished steps and trials are kept.</param>
    /// <returns>Everything that is finished.</returns>
    /// <exception cref="InvalidDataException">The folder holds another study.</exception>
    /// <exception cref="IOException">Another process runs the study in this folder.</exception>
    public static StudyResults Run(
        StudyPlan plan, string folder, int workers, TimeProvider time, Action<StudyProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        RunFolder.Create(folder);
        using FileStream held = FileLock.TryTake(Path.Combine(folder, LockFile))
            ?? throw new IOException($"Another process runs the study in {folder}: wait until it ends, or use another folder. It already uses every processor, unless --workers says otherwise.");
        Claim(plan, folder);
        var steps = new StudySteps(plan, folder, time);
        var comparisons = new StudyComparisons(plan, folder, steps, time);
        IReadOnlyList<StudyUnit> units = StudyUnit.Of(plan);
        Dictionary<string, TaskData> tasks = plan.Tasks.ToDictionary(task => task.Name, task => TaskRegistry.Load(task.Task!, task.Data));
        var pace = new StudyPace(units.Sum(unit => unit.Steps), time, progress);
        using var engines = new BlockingCollection<CpuEngine>(new ConcurrentBag<CpuEngine>(Enumerable.Range(0, workers).Select(_ => new CpuEngine(lanes: 1, threadsPerLane: 1, pinThreads: false))));
        try
        {
            Parallel.ForEach(
                Partitioner.Create(units, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellationToken },
                unit =>
                {
                    CpuEngine engine = engines.Take(CancellationToken.None);
                    try
                    {
                        RunUnit(steps, comparisons, unit, tasks[unit.Task.Name], engine, pace, cancellationToken);
                    }
                    finally
                    {
                        engines.Add(engine, CancellationToken.None);
                    }
                });
            CpuEngine alone = engines.Take(cancellationToken);
            engines.Add(alone, CancellationToken.None);
            new StudyLatencies(plan, folder, time).Run(tasks, alone, cancellationToken);
        }
        catch (AggregateException failures) when (failures.InnerExceptions.Count > 0)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(failures.InnerExceptions[0]).Throw();
        }
        finally
        {
            foreach (CpuEngine engine in engines)
            {
                engine.Dispose();
            }
        }

        return ResultsOf(plan, folder, time);
    }

    /// <summary>The finished searches of a study's folder, running or not.</summary>
    /// <exception cref="InvalidDataException">The folder holds no study.</exception>
    public static (StudyPlan Plan, StudyResults Results) Read(string folder, TimeProvider time)
    {
        string path = Path.Combine(folder, PlanFile);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{folder} holds no study: expected {PlanFile} there.");
        }

        StudyPlan plan = JsonSerializer.Deserialize(File.ReadAllBytes(path), StudyJson.Default.StudyPlan)!;
        return (plan, ResultsOf(plan, folder, time));
    }

    private static StudyResults ResultsOf(StudyPlan plan, string folder, TimeProvider time)
    {
        var steps = new StudySteps(plan, folder, time);
        return new StudyResults(steps.Finished(), new StudyComparisons(plan, folder, steps, time).Finished(), new StudyLatencies(plan, folder, time).Finished());
    }

    private static void RunUnit(
        StudySteps steps, StudyComparisons comparisons, StudyUnit unit, TaskData data, CpuEngine engine, StudyPace pace, CancellationToken cancellationToken)
    {
        long start = pace.Begin();
        Checkpoint superNetwork = steps.SuperNetwork(unit, data, engine, threads: 1, cancellationToken);
        pace.End(unit.SuperNetworkFolder, start);
        foreach (string method in unit.Methods)
        {
            start = pace.Begin();
            steps.Search(unit, method, data, superNetwork, engine, cancellationToken);
            pace.End(unit.SearchFolder(method), start);
        }

        foreach (string method in unit.Comparisons)
        {
            start = pace.Begin();
            comparisons.Run(unit, method, data, superNetwork, engine, threads: 1, cancellationToken);
            pace.End(unit.ComparisonFolder(method), start);
        }
    }

    /// <summary>Keeps the plan in the folder; a folder belongs to one plan, but for more seeds, tasks and names in it.</summary>
    private static void Claim(StudyPlan plan, string folder)
    {
        string path = Path.Combine(folder, PlanFile);
        if (File.Exists(path))
        {
            StudyPlan before = JsonSerializer.Deserialize(File.ReadAllBytes(path), StudyJson.Default.StudyPlan)!;
            bool isSame = before.Trials == plan.Trials && before.Training == plan.Training && (before.StandAlone == plan.StandAlone || before.StandAlone == 0)
                && before.Tasks.All(task => plan.Tasks.All(other => other.Name != task.Name || other == task))
                && before.Models.All(model => plan.Models.All(other => other.Name != model.Name || other == model));
            if (!isSame)
            {
                throw new InvalidDataException($"{folder} holds a study with other training, trials, stand-alone trials, or other tasks or models of the same names: use another folder, or the plan that {path} shows.");
            }
        }

        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(plan, StudyJson.Default.StudyPlan));
    }
}
