using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.Runs.Storage.Postgres;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Runs.Storage;

public sealed class PostgresStorageTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _run = Path.GetRandomFileName();

    [PostgresFact]
    public void Claim_OfALivingWorker_IsNotTaken()
    {
        using PostgresStorage one = Open("one"), other = Open("other");
        Add(one, 0);
        using IRunLock run = other.Lock(default);
        Assert.Null(run.TakeFree());
        RunState state = run.Read();
        Assert.Equal(0, Assert.Single(state.Claimed).Id);
        Assert.Empty(state.Finished);
    }

    [PostgresFact]
    public void Claim_GivenBack_IsTakenByAnother()
    {
        using PostgresStorage one = Open("one"), other = Open("other");
        TrialClaim claim = Add(one, 0);
        one.GiveBack(claim);
        Assert.Equal(claim, Take(other));
    }

    [PostgresFact]
    public void Claim_OfASilentWorker_IsTakenAndItsLateResultCountsOnce()
    {
        using PostgresStorage one = Open("one"), other = Open("other");
        Add(one, 0);
        Add(one, 1);
        Expire();
        Assert.Equal(0, Take(other)!.Id);
        Assert.True(one.Finish(Trial(0, 0.25)));
        Assert.False(other.Finish(Trial(0, 0.5)));

        Assert.Equal(1, Take(other)!.Id);
        Assert.True(other.Finish(Trial(1, 0.5)));
        Assert.False(one.Finish(Trial(1, 0.25)));
        using PostgresStorage reader = Open("reader");
        using IRunLock run = reader.Lock(default);
        RunState state = run.Read();
        Assert.Equal([(0, 0.25), (1, 0.5)], state.Finished.Select(trial => (trial.Id, trial.Values[0])));
        Assert.Empty(state.Claimed);
    }

    [PostgresFact]
    public void Finish_Repeated_IsStillThisWorkersOwn()
    {
        using PostgresStorage one = Open("one");
        Add(one, 0);
        Assert.True(one.Finish(Trial(0, 0.25)));
        Assert.True(one.Finish(Trial(0, 0.25)));
    }

    [PostgresFact]
    public void ReadFinished_Again_GivesOnlyWhatIsNew()
    {
        using PostgresStorage one = Open("one"), other = Open("other");
        Add(one, 0);
        one.Finish(Trial(0, 1 / 3.0));
        Assert.Equal(1 / 3.0, Assert.Single(ReadFinished(other)).Values[0]);
        Add(one, 1);
        one.Finish(Trial(1, 0.5));
        Assert.Equal(1, Assert.Single(ReadFinished(other)).Id);
        Assert.Empty(ReadFinished(other));
    }

    [PostgresFact]
    public void Heartbeat_LivingWorker_KeepsItsClaimBeyondTheLimit()
    {
        using PostgresStorage one = Open("one", TimeSpan.FromMilliseconds(400)), other = Open("other");
        Add(one, 0);
        Expire();

        // Whether a beat came is seen in the database; waiting for it takes as long as it takes.
        Assert.True(SpinWait.SpinUntil(() => Number("SELECT count(*) FROM endpoints_trials NATURAL JOIN endpoints_searches WHERE name = $1 AND expires > clock_timestamp()") == 1, 30_000));
        Assert.Null(Take(other));
    }

    [PostgresFact]
    public void Open_OtherConfigurationOfTheSameName_SaysWhatDiffers()
    {
        Open("one").Dispose();
        var exception = Assert.Throws<InvalidDataException>(() => Open("other", configuration: FakeSearch.Configuration(seed: 4)));
        Assert.Contains($"Search {_run} of PostgreSQL at", exception.Message, StringComparison.Ordinal);
        Assert.Contains("seed is 3 there and 4 here", exception.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public void Open_NoName_SharesAmongEqualConfigurationsOnly()
    {
        StorageChoice choice = StorageChoice.Parse(server.UrlWithPassword);
        using PostgresStorage one = Open(choice, 91), same = Open(choice, 91), other = Open(choice, 92);
        Add(one, 0);
        using (IRunLock run = same.Lock(default))
        {
            Assert.Single(run.Read().Claimed);
        }

        using (IRunLock run = other.Lock(default))
        {
            Assert.Empty(run.Read().Claimed);
        }
    }

    [PostgresFact]
    public void Open_WrongPassword_SaysWhatToDoAndNotThePassword()
    {
        var choice = StorageChoice.Parse(server.UrlWithPassword.Replace(PostgresServer.Password, "wr0ng-word", StringComparison.Ordinal));
        var exception = Assert.Throws<IOException>(() => Open(choice, 3));
        Assert.Contains("password authentication failed", exception.Message, StringComparison.Ordinal);
        Assert.Contains("PGPASSFILE", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-word", exception.ToString(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public void Run_AgainstADatabase_EndsAsInAFolderAndLeavesACopyOfTheJournal()
    {
        using var plain = new TemporaryFolder();
        FrontReport expected = new FakeSearch(plain.Path).Run(12);
        FrontReport report = Search().Run(12);
        Assert.Equal(expected.Trials.Select(trial => trial.SubNetwork), report.Trials.Select(trial => trial.SubNetwork));
        Assert.Equal(File.ReadAllText(plain.File("front.json")), File.ReadAllText(_folder.File("front.json")));
        Assert.Equal(File.ReadAllText(plain.File(TrialJournal.FileName)), File.ReadAllText(_folder.File(TrialJournal.FileName)));
        Assert.Equal(1, Number("SELECT count(*) FROM endpoints_workers NATURAL JOIN endpoints_searches WHERE name = $1 AND environment ->> 'precision' = 'float32'"));

        FakeSearch again = Search();
        Assert.Equal(15, again.Run(15).Trials.Count);
        Assert.Equal(3, again.Evaluated.Count);
    }

    [PostgresFact]
    public void Run_Cancelled_GivesItsTrialBackAtOnce()
    {
        using var cancellation = new CancellationTokenSource();
        FakeSearch search = Search();
        search.OnEvaluate = number => (number == 2 ? cancellation : null)?.Cancel();
        search.Evaluating = cancellation.Token.ThrowIfCancellationRequested;
        Assert.Throws<OperationCanceledException>(() => search.Run(6, cancellation.Token));
        using PostgresStorage other = Open("other");
        Assert.Equal(2, Take(other)!.Id);
    }

    [PostgresFact]
    public void Run_ServerRestartedInMidTrial_GoesOnWithoutRepeating()
    {
        FakeSearch search = Search();
        search.OnEvaluate = number =>
        {
            if (number == 2)
            {
                server.Stop();
                server.Start();
            }
        };
        Assert.Equal(5, search.Run(5).Trials.Count);
        Assert.Equal(5, search.Evaluated.Count);
    }

    public void Dispose() => _folder.Dispose();

    private static TrialClaim Add(PostgresStorage storage, int id)
    {
        using IRunLock run = storage.Lock(default);
        var claim = new TrialClaim(id, new SearchPoint(1, 1, id + 1));
        run.Add(claim);
        return claim;
    }

    private static TrialClaim? Take(PostgresStorage storage)
    {
        using IRunLock run = storage.Lock(default);
        return run.TakeFree();
    }

    private static IReadOnlyList<Trial> ReadFinished(PostgresStorage storage)
    {
        using IRunLock run = storage.Lock(default);
        return run.Read().Finished;
    }

    private static Trial Trial(int id, double error) => new()
    {
        Id = id,
        Point = new SearchPoint(1, 1, id + 1),
        SubNetwork = $"small:l=1,h=1,u={id + 1}",
        Values = [error, 100],
        Parameters = 100,
        PaperParameters = 110,
    };

    private static PostgresStorage Open(StorageChoice choice, int seed) =>
        PostgresStorage.Open(choice.Database!, choice, FakeSearch.Configuration(seed: seed), Path.GetRandomFileName(), TimeProvider.System);

    private PostgresStorage Open(string worker, TimeSpan? limit = null, RunConfiguration? configuration = null)
    {
        StorageChoice choice = Choice() with { ClaimLimit = limit ?? TimeSpan.FromMinutes(10) };
        return PostgresStorage.Open(choice.Database!, choice, configuration ?? FakeSearch.Configuration(), worker, TimeProvider.System);
    }

    private StorageChoice Choice() => StorageChoice.Parse(server.UrlWithPassword) with { RunName = _run };

    private FakeSearch Search() => new(_folder.Path) { Storage = Choice() };

    /// <summary>Makes every worker of this test's search silent for too long.</summary>
    private void Expire() => Number("WITH late AS (UPDATE endpoints_trials SET expires = clock_timestamp() - interval '1 s' FROM endpoints_searches s WHERE s.search = endpoints_trials.search AND s.name = $1 RETURNING 1) SELECT count(*) FROM late");

    private long Number(string text)
    {
        using var database = new PostgresDatabase(Choice().Database!);
        return (long)database.Scalar(text, _run)!;
    }
}
