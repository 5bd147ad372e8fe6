using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Runs;

public sealed class SearchRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Run_Trials_AreOnDiskBeforeTheNextStarts()
    {
        var search = new FakeSearch(_folder.Path);
        search.OnEvaluate = number => Assert.Equal(number, TrialJournal.Read(_folder.Path).Trials.Count);
        search.Run(8);
        Assert.Equal(8, search.Evaluated.Distinct().Count());
    }

    [Fact]
    public void Run_Report_HasBaseFrontAndRanks()
    {
        FrontReport report = new FakeSearch(_folder.Path).Run(20);
        Assert.Equal("full", report.Base!.SubNetwork);
        Assert.Contains(report.Front, trial => trial.SubNetwork == "small:l=0,h=0,u=0");
        Assert.Equal(report.Front.OrderBy(trial => trial.Parameters).Select(trial => trial.Id), report.Front.Select(trial => trial.Id));
        Assert.All(report.Front, trial => Assert.Equal(0, report.Ranks[trial.Id]));
        Assert.Equal(report.Ranks.Count(rank => rank == 0), report.Front.Count);
        Assert.InRange(report.Hypervolume, 1, 4);
        Assert.Equal(report.Base.Parameters, report.Value(report.Base, "parameters"));
        Assert.Throws<ArgumentException>(() => report.Value(report.Base, "latency"));
    }

    [Fact]
    public void Run_Files_HoldTheReport()
    {
        FrontReport report = new FakeSearch(_folder.Path).Run(12);
        string[] trials = File.ReadAllLines(_folder.File("trials.csv"));
        Assert.Equal("trial,sub_network,error,parameters,sliced_parameters,paper_parameters,rank,seconds", trials[0]);
        Assert.Equal(13, trials.Length);
        Assert.Equal($"1,\"small:l=0,h=0,u=0\",1,1178,1178,1178,{report.Ranks[1]},0", trials[2]);
        string[] front = File.ReadAllLines(_folder.File("front.csv"));
        Assert.Equal(report.Front.Select(trial => $"{trial.Id}"), front.Skip(1).Select(line => line.Split(',')[0]));

        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(_folder.File("front.json")));
        Assert.Equal(report.Hypervolume, json.RootElement.GetProperty("hypervolume").GetDouble());
        Assert.Equal("full", json.RootElement.GetProperty("base").GetProperty("subNetwork").GetString());
        Assert.Equal(report.Front.Count, json.RootElement.GetProperty("front").GetArrayLength());
        Assert.Equal("demo", json.RootElement.GetProperty("configuration").GetProperty("task").GetString());

        Assert.Equal(report.Front.Select(trial => trial.Id), FrontReport.Read(_folder.Path).Front.Select(trial => trial.Id));
    }

    [Fact]
    public void Run_StopDominated_MeasuresTheErrorLastAndSaysWhatIsOfInterest()
    {
        ISearchSpace space = Make.Small();
        var asked = new List<(double Parameters, double Most)>();
        double Parameters(SubNetwork subNetwork) => ParameterCount.Sliced(space.SuperNetwork, subNetwork);
        var error = new BoundedError((subNetwork, most) =>
        {
            asked.Add((Parameters(subNetwork), most));
            return new Measurement(asked.Count % 4 / 8.0) { Predictions = most < 0 ? null : [1, 0] };
        });
        FrontReport report = SearchRun.Run(new SearchSetup
        {
            Folder = _folder.Path,
            Configuration = FakeSearch.Configuration() with { StopDominated = true },
            Space = space,
            Method = Catalogs.SearchMethods.Create("random", new SearchContext(space, 3)),
            Objectives = [error, new Counted(Parameters)],
            Trials = 12,
        });
        for (int i = 0; i < asked.Count; i++)
        {
            Trial[] atMostAsLarge = [.. report.Trials.Take(i).Where(trial => trial.Values[1] <= asked[i].Parameters)];
            Assert.Equal(atMostAsLarge.Length == 0 ? double.PositiveInfinity : atMostAsLarge.Min(trial => trial.Values[0]), asked[i].Most);
        }

        Assert.Contains(asked, call => double.IsFinite(call.Most));
        Assert.All(report.Trials, trial => Assert.Equal("b:AQA=", trial.Predictions));
        Assert.Contains("\"stopDominated\":true", File.ReadLines(_folder.File("journal.jsonl")).First(), StringComparison.Ordinal);
    }

    private sealed class BoundedError(Func<SubNetwork, double, Measurement> evaluate) : IBoundedObjective
    {
        public string Name => "error";

        public string Unit => "";

        public Measurement Evaluate(SubNetwork subNetwork, double most, CancellationToken cancellationToken = default) => evaluate(subNetwork, most);

        public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default) => throw new InvalidOperationException("A bound was expected.");
    }

    private sealed class Counted(Func<SubNetwork, double> count) : IObjective
    {
        public string Name => "parameters";

        public string Unit => "";

        public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default) => new(count(subNetwork));
    }

    [Fact]
    public void Run_Progress_GivesRateAndTimeLeft()
    {
        var search = new FakeSearch(_folder.Path);
        search.OnEvaluate = _ => search.Time.Advance(TimeSpan.FromSeconds(4));
        search.Run(5);
        Assert.Equal([1, 2, 3, 4, 5], search.Progress.Select(progress => progress.Finished));
        Assert.Equal(0.25, search.Progress[1].TrialsPerSecond, 9);
        Assert.Equal(TimeSpan.FromSeconds(12), search.Progress[1].Remaining);
        Assert.Equal(4, search.Progress[1].Last!.Seconds, 9);

        var again = new FakeSearch(_folder.Path);
        again.OnEvaluate = _ => again.Time.Advance(TimeSpan.FromSeconds(1));
        again.Run(8);
        Assert.Equal((5, 8), (again.Progress[0].Finished, again.Progress[0].Total));
        Assert.Null(again.Progress[0].Remaining);
        Assert.Equal(TimeSpan.FromSeconds(2), again.Progress[1].Remaining);
    }

    [Fact]
    public void Run_WholeSpaceTried_EndsAndSaysSo()
    {
        // 4 layers, 4 heads, 8 units: 129 sub-networks.
        var search = new FakeSearch(_folder.Path);
        FrontReport report = search.Run(1000);
        Assert.Equal(129, report.Trials.Count);
        Assert.Contains("No sub-network is left", Assert.Single(search.Notices), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Run_ObjectiveWithoutValue_NamesObjectiveAndTrial(double value)
    {
        var search = new FakeSearch(_folder.Path) { Error = sub => sub.ToString() == "full" ? 0.1 : value };
        var exception = Assert.Throws<InvalidDataException>(() => search.Run(5));
        Assert.Contains("objective error of trial 1 (small:l=0,h=0,u=0)", exception.Message, StringComparison.Ordinal);
        Assert.Single(TrialJournal.Read(_folder.Path).Trials);
    }

    [Theory]
    [InlineData("\"point\":[0,1,1]", "\"point\":[9,1,1]", "layers goes from 0 to 4")]
    [InlineData("\"point\":[0,1,1]", "\"point\":[1,1,1]", "the journal was changed")]
    public void Run_JournalThatDoesNotFitTheSpace_SaysSo(string old, string changed, string expected)
    {
        new FakeSearch(_folder.Path).Run(3);
        string path = _folder.File(TrialJournal.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace(old, changed, StringComparison.Ordinal));
        var search = new FakeSearch(_folder.Path);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => search.Run(5)).Message, StringComparison.Ordinal);
        Assert.Empty(search.Evaluated);
    }

    [Fact]
    public void Run_ObjectivesOfAnotherConfiguration_Throws()
    {
        var space = Make.Small();
        Assert.Throws<ArgumentException>(() => SearchRun.Run(new SearchSetup
        {
            Folder = _folder.Path,
            Configuration = FakeSearch.Configuration(),
            Space = space,
            Method = Catalogs.SearchMethods.Create("random", new(space, 1)),
            Objectives = [],
        }));
    }

    [Fact]
    public void ConfigurationOf_Search_NamesEverything()
    {
        var search = new SearchContext(Make.Small(), 9);
        var parameters = BertParameters.Random(Make.Config(), 1);
        var network = new FakeSuperNetwork(Make.Config(), (_, _) => [1, 0]);
        var context = new ObjectiveContext { SuperNetwork = network, Validation = new Evaluator(Make.Examples(0, 1), Make.Accuracy) };
        RunConfiguration configuration = RunConfiguration.Of(
            "rte", Make.Examples(0, 1), parameters, search, Catalogs.SearchMethods.Create("local", search),
            [Catalogs.Objectives.Create("error", context), Catalogs.Objectives.Create("latency", context)]);
        Assert.Equal(("rte", "small", "local", 9), (configuration.Task, configuration.Space, configuration.Method, configuration.Seed));
        Assert.Equal((Fingerprint.Of(Make.Examples(0, 1)), Fingerprint.Of(parameters)), (configuration.Validation, configuration.SuperNetwork));
        Assert.Equal([new("error", ""), new("latency", "ms")], configuration.Objectives);
    }

    [Fact]
    public void FingerprintOf_AnyChange_Differs()
    {
        BertConfig config = Make.Config();
        var parameters = BertParameters.Random(config, 1);
        string before = Fingerprint.Of(parameters);
        Assert.Equal(before, Fingerprint.Of(BertParameters.Random(config, 1)));
        parameters.Classifier.Bias[1] += 1e-6f;
        Assert.NotEqual(before, Fingerprint.Of(parameters));

        string[] examples =
        [
            Fingerprint.Of(Make.Examples(0, 1)), Fingerprint.Of(Make.Examples(1, 0)), Fingerprint.Of(Make.Examples(0, 1, 0)),
            Fingerprint.Of(LabelledEncodings.Classification(Make.Encodings(2, 1), [0, 1])),
        ];
        Assert.Equal(4, examples.Distinct().Count());
        Assert.Equal(examples[0], Fingerprint.Of(Make.Examples(0, 1)));
    }

    public void Dispose() => _folder.Dispose();
}
