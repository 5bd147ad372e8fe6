using System.Collections.Immutable;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Bert.Training;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Studies;

/// <summary>The steps of a unit. Each leaves a file when it is finished, and does nothing where that is there.</summary>
internal sealed class StudySteps(StudyPlan plan, string folder, TimeProvider time)
{
    private const string TrainingFile = "training.json", TestFile = "test.json";

    /// <summary>Fine-tunes a unit's super-network, or reads it.</summary>
    public Checkpoint SuperNetwork(StudyUnit unit, TaskData data, CpuEngine engine, int threads, CancellationToken cancellationToken)
    {
        string place = Path.Combine(folder, unit.SuperNetworkFolder);
        if (File.Exists(Path.Combine(place, TrainingFile)))
        {
            return CheckpointFolder.Load(place);
        }

        Checkpoint start = Start(unit, data.Definition);
        StudyTraining training = plan.Training;
        TrainingOutcome outcome = SuperNetworkTraining.Run(
            data,
            start,
            new TrainingSettings
            {
                Strategy = unit.Strategy,
                Space = unit.Space,
                MaxLength = training.MaxLength,
                FineTuning = FineTuning(unit),
                Trainer = new TrainerOptions { Seed = unit.Seed, Threads = threads },
            },
            engine,
            time,
            cancellationToken: cancellationToken);
        CheckpointFolder.Save(place, outcome.Checkpoint);
        var result = new StudyTrainingResult
        {
            ValidationScore = outcome.FineTuning.Kept.Score,
            TestScore = outcome.TestScore,
            Seconds = outcome.FineTuning.Epochs.Sum(epoch => epoch.Seconds),
            Parameters = outcome.Checkpoint.Metadata!.Parameters,
        };
        Write(Path.Combine(place, TrainingFile), JsonSerializer.SerializeToUtf8Bytes(result, StudyJson.Default.StudyTrainingResult));
        return outcome.Checkpoint;
    }

    /// <summary>Searches, then scores on the test part what a figure may choose.</summary>
    public void Search(StudyUnit unit, string method, TaskData data, Checkpoint superNetwork, CpuEngine engine, CancellationToken cancellationToken)
    {
        string place = Path.Combine(folder, unit.SearchFolder(method));
        if (File.Exists(Path.Combine(place, TestFile)))
        {
            return;
        }

        FrontReport report = SuperNetworkSearch.Run(
            data,
            superNetwork,
            new SearchSettings { Space = unit.Space, Method = method, Objectives = ["error", "parameters"], Trials = plan.Trials, Seed = unit.Seed, MaxLength = plan.Training.MaxLength },
            place,
            engine,
            time,
            cancellationToken: cancellationToken);
        var test = new Evaluator(TaskEncodings.Encode(data.Definition, data.Test, superNetwork, plan.Training.MaxLength), data.Definition.Metric.Score, lanes: engine.LaneCount);
        ISearchSpace space = Catalogs.SearchSpaces.Create(unit.Space, superNetwork.Config);
        ISuperNetwork loaded = engine.Load(superNetwork.Parameters);
        long whole = superNetwork.Metadata!.Parameters;
        var scores = new SortedDictionary<int, double>();
        foreach (Trial trial in Chosen(report, whole).Concat(report.Front).DistinctBy(trial => trial.Id))
        {
            scores[trial.Id] = test.Score(loaded, space.SubNetworkAt(trial.Point), cancellationToken);
        }

        Write(Path.Combine(place, TestFile), JsonSerializer.SerializeToUtf8Bytes(new StudyTestScores { Scores = scores }, StudyJson.Default.StudyTestScores));
    }

    /// <summary>The trials that figures of error against size choose: at each limit that with the least validation error, the smallest of equals.</summary>
    private static IEnumerable<Trial> Chosen(FrontReport report, long whole)
    {
        Trial[] sorted = [.. report.Trials.OrderBy(trial => trial.Parameters)];
        return ErrorAgainstSize
            .Best([.. sorted.Select(trial => (double)trial.Parameters / whole)], [.. sorted.Select(trial => report.Value(trial, "error"))], ErrorAgainstSize.Limits)
            .OfType<int>()
            .Select(i => sorted[i]);
    }

    /// <summary>How a unit's networks are fine-tuned.</summary>
    public FineTuningOptions FineTuning(StudyUnit unit) => new()
    {
        Epochs = plan.Training.Epochs,
        BatchSize = plan.Training.Batch,
        LearningRate = plan.Training.LearningRate,
        WarmUp = plan.Training.WarmUp,
        Seed = unit.Seed,
    };

    /// <summary>What was written down of a finished super-network.</summary>
    public StudyTrainingResult Training(StudyUnit unit) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, unit.SuperNetworkFolder, TrainingFile)), StudyJson.Default.StudyTrainingResult)!;

    /// <summary>Every search that is finished.</summary>
    public IReadOnlyList<StudySearch> Finished() =>
    [
        .. from unit in StudyUnit.Of(plan)
           from method in unit.Methods
           let place = Path.Combine(folder, unit.SearchFolder(method))
           where File.Exists(Path.Combine(place, TestFile))
           select new StudySearch(
               unit.Task.Name,
               TaskRegistry.Find(unit.Task.Task!).MetricName,
               unit.Model.Name,
               unit.Strategy,
               unit.Space,
               method,
               unit.Seed,
               Training(unit),
               FrontReport.Read(place),
               JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(place, TestFile)), StudyJson.Default.StudyTestScores)!.Scores),
    ];

    /// <summary>The weights that fine-tuning starts from.</summary>
    public Checkpoint Start(StudyUnit unit, TaskDefinition task)
    {
        StudyModel model = unit.Model;
        ImmutableArray<string> labels = task.OutputNames;
        if (model.Checkpoint is { } pretrained)
        {
            return CheckpointFolder.Load(pretrained, new CheckpointLoadOptions { Labels = labels, ProblemType = task.ProblemType, HeadSeed = unit.Seed });
        }

        ITokenizer tokenizer = TokenizerFolder.Load(unit.Task.Vocabulary ?? model.Vocabulary!);
        var config = BertConfig.Uniform(tokenizer.VocabularySize, model.Hidden, model.Layers, model.Heads, model.Units, plan.Training.MaxLength, labels) with { ProblemType = task.ProblemType };
        return new Checkpoint { Config = config, Parameters = BertParameters.Random(config, unit.Seed, model.Deviation), Tokenizer = tokenizer };
    }

    /// <summary>Whole or not at all, for the file says that the step is finished.</summary>
    private static void Write(string path, byte[] contents)
    {
        File.WriteAllBytes(path + ".new", contents);
        File.Move(path + ".new", path, overwrite: true);
    }
}
