using System.Text.Json;
using Npgsql;

namespace Endpoints.Pruning.Runs.Storage.Postgres;

/// <summary>
/// A PostgreSQL database shared by workers on any number of machines. Who decides what is next holds the row of the search; a claim lasts until
/// <c>expires</c>, which its worker's heartbeat moves on, by the server's clock alone. A worker that was presumed dead and finishes after all is
/// heard if it is the first to finish.
/// </summary>
internal sealed class PostgresStorage : ITrialStorage
{
    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly long _search;
    private readonly HashSet<int> _read = [];
    private Heartbeat? _heartbeat;

    private PostgresStorage(PostgresDatabase database, string run, long search, string worker, TimeSpan limit, TimeProvider time)
    {
        (_database, _search, Worker, _limit, _time) = (database, search, worker, limit, time);
        Location = $"{database.Name}, search {run}";
    }

    public string Location { get; }

    public string Worker { get; }

    public string? OpeningNotice => null;

    public TimeSpan PollInterval => TimeSpan.FromMilliseconds(Math.Min(1000, _limit.TotalMilliseconds / 4));

    /// <exception cref="InvalidDataException">There is a search of that name with another configuration.</exception>
    /// <exception cref="IOException">The database cannot be reached, or refuses.</exception>
    public static PostgresStorage Open(PostgresAddress address, StorageChoice choice, RunConfiguration configuration, string worker, TimeProvider time)
    {
        if (choice.ClaimLimit < TimeSpan.FromMilliseconds(100))
        {
            throw new ArgumentOutOfRangeException(
                nameof(choice), $"A claim that lasts {choice.ClaimLimit.TotalSeconds} s would be taken from workers that live: expected 0.1 s or more.");
        }

        var database = new PostgresDatabase(address);
        try
        {
            if (database.Scalar(PostgresSchema.Exists) is not true)
            {
                database.Execute(PostgresSchema.Create);
            }

            string run = choice.RunName ?? configuration.Hash()[..16];
            database.Execute(
                "INSERT INTO endpoints_searches (name, header) VALUES ($1, $2::json) ON CONFLICT (name) DO NOTHING",
                run,
                JsonSerializer.Serialize(new JournalHeader(configuration), RunJson.Default.JournalHeader));
            string there = (string)database.Scalar("SELECT header::text FROM endpoints_searches WHERE name = $1", run)!;
            CheckSameConfiguration(JsonSerializer.Deserialize(there, RunJson.Default.JournalHeader)!, configuration, $"Search {run} of {database.Name}");
            long search = (long)database.Scalar("SELECT search FROM endpoints_searches WHERE name = $1", run)!;
            return new PostgresStorage(database, run, search, worker, choice.ClaimLimit, time);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public bool IsFolder(string folder) => false;

    public void RecordWorker(string environment) => _database.Execute(
        "INSERT INTO endpoints_workers (search, worker, environment) VALUES ($1, $2, $3::json) ON CONFLICT DO NOTHING", _search, Worker, environment);

    public IRunLock Lock(CancellationToken cancellationToken) => _database.Guard(() => RunLock.Take(this));

    public bool Finish(Trial trial)
    {
        // Once more after an answer that was lost: then the row is this worker's already.
        string line = JsonSerializer.Serialize(trial, RunJson.Default.Trial);
        int changed = _database.Execute(
            """
            UPDATE endpoints_trials SET trial = $1::json, worker = $2, expires = NULL, finished = clock_timestamp()
            WHERE search = $3 AND id = $4 AND (trial IS NULL OR worker = $2)
            """,
            line,
            Worker,
            _search,
            trial.Id);
        StopHeartbeat();
        return changed == 1;
    }

    public void GiveBack(TrialClaim claim)
    {
        StopHeartbeat();
        try
        {
            _database.Execute(
                "UPDATE endpoints_trials SET worker = NULL, expires = NULL WHERE search = $1 AND id = $2 AND worker = $3 AND trial IS NULL",
                _search,
                claim.Id,
                Worker);
        }
        catch (IOException)
        {
            // Why the worker gives it back matters more; without a heartbeat the claim ends by itself.
        }
    }

    public void Dispose()
    {
        StopHeartbeat();
        _database.Dispose();
    }

    private static void CheckSameConfiguration(JournalHeader there, RunConfiguration configuration, string name)
    {
        if (there.Version != JournalText.Version)
        {
            throw new InvalidDataException($"{name} has version {there.Version}, this program reads version {JournalText.Version}.");
        }

        if (there.Hash != configuration.Hash())
        {
            throw new InvalidDataException(
                $"{name} is another one: {configuration.DifferencesFrom(there.Configuration)}. Use the same settings to join it, or another name.");
        }
    }

    private void StartHeartbeat(TrialClaim claim)
    {
        StopHeartbeat();
        _heartbeat = new Heartbeat(
            () => _database.Execute(
                "UPDATE endpoints_trials SET expires = clock_timestamp() + $1 WHERE search = $2 AND id = $3 AND worker = $4 AND trial IS NULL",
                _limit,
                _search,
                claim.Id,
                Worker),
            _limit,
            _time);
    }

    private void StopHeartbeat()
    {
        _heartbeat?.Dispose();
        _heartbeat = null;
    }

    private sealed class RunLock(PostgresStorage storage, NpgsqlConnection connection, NpgsqlTransaction transaction) : IRunLock
    {
        /// <summary>The server ends the transaction of a machine that vanished, so that it does not hold the search for hours.</summary>
        private const string LongestSilence = "SET LOCAL idle_in_transaction_session_timeout = '60s'";

        public static RunLock Take(PostgresStorage storage)
        {
            NpgsqlConnection connection = storage._database.Connect();
            try
            {
                var run = new RunLock(storage, connection, connection.BeginTransaction());
                using (NpgsqlCommand silence = run.Command(LongestSilence))
                {
                    silence.ExecuteNonQuery();
                }

                using NpgsqlCommand hold = run.Command("SELECT search FROM endpoints_searches WHERE search = $1 FOR UPDATE", storage._search);
                return hold.ExecuteScalar() is not null
                    ? run
                    : throw new InvalidDataException($"{storage.Location} was removed while it ran.");
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }

        public RunState Read()
        {
            // One statement, for workers finish trials without the lock. A trial that was read stays out of the next answers: a search of thousands
            // should not come whole for every claim.
            (TrialClaim Claim, Trial? Trial)[] rows = Guard(() => Rows(
                """
                SELECT id, point::text, trial::text FROM endpoints_trials
                WHERE search = $1 AND (trial IS NULL OR NOT id = ANY(string_to_array($2, ',')::integer[])) ORDER BY id
                """,
                row => (Claim(row), row.IsDBNull(2) ? null : JsonSerializer.Deserialize(row.GetString(2), RunJson.Default.Trial)),
                storage._search,
                string.Join(',', storage._read)));
            Trial[] finished = [.. rows.Select(row => row.Trial).OfType<Trial>()];
            storage._read.UnionWith(finished.Select(trial => trial.Id));
            return new RunState(finished, [.. rows.Where(row => row.Trial is null).Select(row => row.Claim)]);
        }

        public TrialClaim? TakeFree() => Guard(() =>
        {
            TrialClaim? taken = Rows(
                """
                WITH free AS (
                    SELECT search, id FROM endpoints_trials
                    WHERE search = $1 AND trial IS NULL AND (worker IS NULL OR worker = $2 OR expires < clock_timestamp())
                    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
                UPDATE endpoints_trials AS trials SET worker = $2, expires = clock_timestamp() + $3, claims = claims + 1
                FROM free WHERE trials.search = free.search AND trials.id = free.id
                RETURNING trials.id, trials.point::text
                """,
                Claim,
                storage._search,
                storage.Worker,
                storage._limit).FirstOrDefault();
            return taken is null ? null : Commit(taken);
        });

        public void Add(TrialClaim claim) => Guard(() =>
        {
            using NpgsqlCommand insert = Command(
                "INSERT INTO endpoints_trials (search, id, point, worker, expires) VALUES ($1, $2, $3::json, $4, clock_timestamp() + $5)",
                storage._search,
                claim.Id,
                JsonSerializer.Serialize(claim.Point, RunJson.Default.SearchPoint),
                storage.Worker,
                storage._limit);
            insert.ExecuteNonQuery();
            return Commit(claim);
        });

        public void Dispose()
        {
            transaction.Dispose();
            connection.Dispose();
        }

        private static TrialClaim Claim(NpgsqlDataReader row) =>
            new(row.GetInt32(0), JsonSerializer.Deserialize(row.GetString(1), RunJson.Default.SearchPoint)!);

        private TrialClaim Commit(TrialClaim claim)
        {
            transaction.Commit();
            storage.StartHeartbeat(claim);
            return claim;
        }

        private T Guard<T>(Func<T> work) => storage._database.Guard(work);

        private NpgsqlCommand Command(string text, params ReadOnlySpan<object> parameters) => PostgresDatabase.Command(connection, text, parameters);

        private T[] Rows<T>(string text, Func<NpgsqlDataReader, T> read, params ReadOnlySpan<object> parameters)
        {
            using NpgsqlCommand command = Command(text, parameters);
            using NpgsqlDataReader rows = command.ExecuteReader();
            var all = new List<T>();
            while (rows.Read())
            {
                all.Add(read(rows));
            }

            return [.. all];
        }
    }
}
