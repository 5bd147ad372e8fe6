using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Studies;

/// <summary>One sub-network in one precision.</summary>
public sealed record StudyLatency
{
    /// <value>Its text form.</value>
    public required string SubNetwork { get; init; }

    /// <value>What it ran in: float32, bfloat16 or int8.</value>
    public required string Precision { get; init; }

    /// <value>Milliseconds of one validation example of median length.</value>
    public required double Milliseconds { get; init; }

    /// <value>1 - metric on the validation part.</value>
    public required double Error { get; init; }
}

/// <summary>
/// Times the front of the first search of each task and model in every precision (appendix F of the paper sets pruning beside quantisation so). Runs alone, after
/// everything else of a study, for what runs beside it would be measured too.
/// </summary>
internal sealed class StudyLatencies(StudyPlan plan, string folder, TimeProvider time)
{
    /// <summary>Measures what is not measured yet.</summary>
    public void Run(IReadOnlyDictionary<string, TaskData> tasks, CpuEngine engine, CancellationToken cancellationToken)
    {
        foreach (StudyUnit unit in Units())
        {
            string path = PathOf(unit);
            if (!File.Exists(path))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                StudyLatency[] measured = [.. Measure(unit, tasks[unit.Task.Name], engine, cancellationToken)];
                File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(measured, StudyJson.Default.StudyLatencyArray));
                File.Move(path + ".new", path, overwrite: true);
            }
        }
    }

    /// <summary>By task and model, of those that are measured.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<StudyLatency>> Finished() => Units()
        .Where(unit => File.Exists(PathOf(unit)))
        .ToDictionary(
            unit => $"{unit.Task.Name}, {unit.Model.Name}",
            IReadOnlyList<StudyLatency> (unit) => JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(unit)), StudyJson.Default.StudyLatencyArray)!);

    private IEnumerable<StudyUnit> Units() =>
        StudyUnit.Of(plan).Where(unit => unit.Seed == plan.Seeds[0] && unit.Strategy == plan.Strategies[0] && unit.Space == plan.Spaces[0]);

    private IEnumerable<StudyLatency> Measure(StudyUnit unit, TaskData data, CpuEngine engine, CancellationToken cancellationToken)
    {
        Checkpoint superNetwork = CheckpointFolder.Load(Path.Combine(folder, unit.SuperNetworkFolder));
        FrontReport report = FrontReport.Read(Path.Combine(folder, unit.SearchFolder(plan.Methods[0])));
        ISearchSpace space = Catalogs.SearchSpaces.Create(unit.Space, superNetwork.Config);
        LabelledEncodings examples = TaskEncodings.Encode(data.Definition, data.Validation, superNetwork, plan.Training.MaxLength);
        var validation = new Evaluator(examples, data.Definition.Metric, lanes: engine.LaneCount);
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            ISuperNetwork loaded = engine.Load(superNetwork.Parameters, precision);
            var latency = new LatencyObjective(loaded, LatencyObjective.TypicalBatch(examples), time);
            foreach (Trial trial in report.Front)
            {
                SubNetwork subNetwork = space.SubNetworkAt(trial.Point);
                yield return new StudyLatency
                {
                    SubNetwork = trial.SubNetwork,
                    Precision = PrecisionName.Of(precision),
                    Milliseconds = latency.Evaluate(subNetwork, cancellationToken).Value,
                    Error = validation.Evaluate(loaded, subNetwork, cancellationToken).Error,
                };
            }
        }
    }

    private string PathOf(StudyUnit unit) => Path.Combine(folder, "latencies", $"{unit.Task.Name}_{unit.Model.Name}.json");
}
