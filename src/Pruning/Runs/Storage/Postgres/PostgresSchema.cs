namespace Endpoints.Pruning.Runs.Storage.Postgres;

/// <summary>
/// The tables. A row of <c>endpoints_trials</c> is a claim until it has a trial, and there is one row for each id of a search: that is what makes a
/// trial finish only once.
/// </summary>
internal static class PostgresSchema
{
    /// <summary>True when the tables are there; asking needs no right to make them.</summary>
    public const string Exists = "SELECT to_regclass('endpoints_trials') IS NOT NULL";

    /// <summary>Any number: it keeps two workers from making the tables at once, which IF NOT EXISTS does not.</summary>
    public const string Create = """
        SELECT pg_advisory_xact_lock(7163004291);
        CREATE TABLE IF NOT EXISTS endpoints_searches (
            search bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL UNIQUE,
            header json NOT NULL,
            created timestamptz NOT NULL DEFAULT now());
        CREATE TABLE IF NOT EXISTS endpoints_workers (
            search bigint NOT NULL REFERENCES endpoints_searches ON DELETE CASCADE,
            worker text NOT NULL,
            environment json NOT NULL,
            PRIMARY KEY (search, worker));
        CREATE TABLE IF NOT EXISTS endpoints_trials (
            search bigint NOT NULL REFERENCES endpoints_searches ON DELETE CASCADE,
            id integer NOT NULL CHECK (id >= 0),
            point json NOT NULL,
            worker text,
            expires timestamptz,
            claims integer NOT NULL DEFAULT 1,
            finished timestamptz,
            trial json,
            PRIMARY KEY (search, id));
        """;
}
