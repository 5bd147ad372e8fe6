using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Workers;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Runs;

public sealed class ScheduledSearchTests : IDisposable
{
    private const int Epochs = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly ISearchSpace _space = Make.Small();

    [Fact]
    public void Run_Asha_EndsTrialsAtEpochsOneAndThree()
    {
        FrontReport report = Run(_folder.Path, new AshaScheduler(Epochs), 40);
        double[] epochs = [.. report.Trials.Select(trial => trial.Details["epochs"])];
        Assert.Equal([1, 3, 5], epochs.Distinct().Order());
        Assert.Equal(5, epochs[0]);

        // What the paper's rule gives, told of every trial's error after each epoch and its parameters.
        var rule = new AshaScheduler(Epochs);
        foreach (Trial trial in report.Trials)
        {
            int epoch = 1;
            while (epoch < Epochs && rule.Report(trial.Id, epoch, [trial.Details[$"error_epoch_{epoch}"], trial.Parameters]))
            {
                epoch++;
            }

            Assert.Equal(epoch, trial.Details["epochs"]);
        }
    }

    [Fact]
    public void Run_NoScheduler_TrainsAllToTheirEnd() =>
        Assert.All(Run(_folder.Path, scheduler: null, 10).Trials, trial => Assert.Equal(Epochs, trial.Details["epochs"]));

    [Theory]
    [InlineData("random")]
    [InlineData("local")]
    public void Run_KilledAfterAnyTrial_DecidesAsUndisturbed(string method)
    {
        using var whole = new TemporaryFolder();
        Run(whole.Path, new AshaScheduler(Epochs), 16, method);
        string[] lines = File.ReadAllLines(whole.File(TrialJournal.FileName));
        for (int finished = 0; finished <= 16; finished++)
        {
            File.WriteAllLines(_folder.File(TrialJournal.FileName), lines[..(1 + finished)]);
            var error = new FakeTraining(Epochs);
            Run(_folder.Path, new AshaScheduler(Epochs), 16, method, error);
            Assert.Equal(lines, File.ReadAllLines(_folder.File(TrialJournal.FileName)));
            Assert.Equal(16 - finished, error.Trained.Count);
        }
    }

    /// <summary>A latency is another one each time: what the scheduler is told again is what was measured before the training.</summary>
    [Fact]
    public void Run_Resumed_TellsTheSchedulerTheSameAgain_MeasuredObjectivesToo()
    {
        int measured = 0;
        var latency = new Latency(() => ++measured);
        var undisturbed = new RecordingScheduler();
        Run(_folder.Path, undisturbed, 6, measured: latency);
        Assert.Equal(Enumerable.Range(0, 6).SelectMany(trial => Enumerable.Range(1, 3).Select(epoch => $"{trial} {epoch} {trial + 1}")), undisturbed.Told);
        var resumed = new RecordingScheduler();
        Run(_folder.Path, resumed, 7, measured: latency);
        Assert.Equal(undisturbed.Values, resumed.Values[..undisturbed.Values.Count]);
        Assert.Equal([.. undisturbed.Told, "6 1 7", "6 2 7", "6 3 7"], resumed.Told);
    }

    /// <summary>While one worker is at trial 2, another does trial 3 and ends.</summary>
    [Fact]
    public void Run_TwoWorkers_TellTheirSchedulersOfEachOthersTrials()
    {
        RecordingScheduler one = new(), other = new();
        void RunOther()
        {
            using var stop = new CancellationTokenSource();
            SearchSetup setup = Setup(_folder.Path, other, 9, "random", new FakeTraining(Epochs), measured: null) with { Progress = progress => StopAfter(progress, 3, stop) };
            Assert.Throws<OperationCanceledException>(() => SearchRun.Run(setup, stop.Token));
        }

        void OnTrain(int number)
        {
            if (number == 2)
            {
                RunOther();
            }
        }

        FrontReport report = Run(_folder.Path, one, 5, error: new FakeTraining(Epochs) { OnTrain = OnTrain });
        Assert.Equal(5, report.Trials.Count);
        static IEnumerable<string> Trials(RecordingScheduler scheduler) => scheduler.Told.Select(told => told.Split(' ')[0]);
        Assert.Equal(["0", "0", "0", "1", "1", "1", "3", "3", "3"], Trials(other));
        Assert.Equal(["0", "0", "0", "1", "1", "1", "2", "2", "2", "3", "3", "3", "4", "4", "4"], Trials(one));
        Assert.Equal(other.Values[6..], one.Values[9..12]);
    }

    [Fact]
    public void Learn_TrialsOfOthers_AreToldOnceInTheirOrder_AndNotOnesOwn()
    {
        var scheduler = new RecordingScheduler();
        var step = new SchedulerInStep(scheduler, [new Latency(() => 0), new FakeTraining(Epochs)]);
        Assert.True(step.GoesOn(1, [8, 0], 1, 0.25));
        step.Learn([TrialOf(2, 9, 0.5, 0.4), TrialOf(0, 7, 0.75), TrialOf(1, 8, 0.25)]);
        step.Learn([TrialOf(0, 7, 0.75)]);
        Assert.Equal(["8 0.25", "7 0.75", "9 0.5", "9 0.4"], scheduler.Values);
    }

    [Fact]
    public void Run_OtherScheduler_IsAnotherSearch()
    {
        Run(_folder.Path, scheduler: null, 2);
        Assert.DoesNotContain("scheduler", File.ReadAllText(_folder.File(TrialJournal.FileName)), StringComparison.Ordinal);
        var exception = Assert.Throws<InvalidDataException>(() => Run(_folder.Path, new AshaScheduler(Epochs), 4));
        Assert.Contains("scheduler is none there and asha here", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NothingIsTrained_SaysWhatASchedulerNeeds()
    {
        var exception = Assert.Throws<ArgumentException>(() => new SchedulerInStep(new AshaScheduler(Epochs), [new Latency(() => 0)]));
        Assert.Contains("exactly one objective must be trained for; of latency 0 are. Search stand-alone", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SearchRun.Run(Setup(_folder.Path, new AshaScheduler(Epochs), 2, "random", new FakeTraining(Epochs), null) with
        {
            Scheduler = null,
        }));
    }

    public void Dispose() => _folder.Dispose();

    private static void StopAfter(SearchProgress progress, int trial, CancellationTokenSource stop)
    {
        if (progress.Last?.Id == trial)
        {
            stop.Cancel();
        }
    }

    private static Trial TrialOf(int id, double latency, params double[] curve) => new()
    {
        Id = id,
        Point = new SearchPoint(0, 1, 1),
        SubNetwork = "small:l=0,h=0,u=0",
        Values = [latency, curve.Min()],
        Parameters = 1,
        PaperParameters = 1,
        Details = curve.Select((error, i) => (error, i)).ToDictionary(pair => $"error_epoch_{pair.i + 1}", pair => pair.error),
    };

    private FrontReport Run(string folder, ITrialScheduler? scheduler, int trials, string method = "random", FakeTraining? error = null, IObjective? measured = null) =>
        SearchRun.Run(Setup(folder, scheduler, trials, method, error ?? new FakeTraining(Epochs), measured));

    private SearchSetup Setup(string folder, ITrialScheduler? scheduler, int trials, string method, IObjective error, IObjective? measured)
    {
        IObjective[] objectives = [error, measured ?? new Size(_space)];
        return new SearchSetup
        {
            Folder = folder,
            Configuration = FakeSearch.Configuration(method) with
            {
                Scheduler = scheduler?.Name,
                Objectives = [.. objectives.Select(objective => new ObjectiveInfo(objective.Name, objective.Unit))],
            },
            Space = _space,
            Method = Catalogs.SearchMethods.Create(method, new SearchContext(_space, 3)),
            Objectives = objectives,
            Scheduler = scheduler,
            Trials = trials,
            Time = new ManualTime(),
        };
    }

    /// <summary>Lets every trial run three epochs and writes down what it was told.</summary>
    private sealed class RecordingScheduler : ITrialScheduler
    {
        public List<string> Told { get; } = [];

        public List<string> Values { get; } = [];

        public string Name => "recording";

        public int MaxEpochs => Epochs;

        public bool Report(int trial, int epoch, double[] values)
        {
            Told.Add(FormattableString.Invariant($"{trial} {epoch} {values[1]}"));
            Values.Add(string.Join(' ', values.Select(value => FormattableString.Invariant($"{value}"))));
            return epoch < 3;
        }
    }

    private sealed class Latency(Func<double> measure) : IObjective
    {
        public string Name => "latency";

        public string Unit => "ms";

        public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default) => new(measure());
    }

    private sealed class Size(ISearchSpace space) : IExactObjective
    {
        public string Name => "parameters";

        public string Unit => "";

        public double ValueOf(SubNetwork subNetwork) => ParameterCount.Sliced(space.SuperNetwork, subNetwork);
    }
}
