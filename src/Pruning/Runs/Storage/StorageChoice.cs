using Endpoints.Pruning.Runs.Storage.Postgres;

namespace Endpoints.Pruning.Runs.Storage;

/// <summary>Where a search's trials are kept: a folder, for the processes of one machine, or PostgreSQL, for workers on any number of machines.</summary>
public sealed record StorageChoice
{
    private StorageChoice()
    {
    }

    /// <value>The folder; null where it is PostgreSQL.</value>
    public string? Folder { get; private init; }

    /// <value>
    /// Name of the search among those of the database. Null takes one made from the configuration, so that workers with the same settings share a
    /// search and others have their own.
    /// </value>
    public string? RunName { get; init; }

    /// <value>How long a worker may be silent before the database gives its trial to another one. Default 1 minute.</value>
    public TimeSpan ClaimLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <value>The database; null where it is a folder.</value>
    internal PostgresAddress? Database { get; private init; }

    /// <summary>
    /// Understands a folder, <c>postgres://user@host:port/database</c>, or a connection string such as <c>Host=...;Username=...;Database=...</c>.
    /// </summary>
    /// <exception cref="FormatException">It is meant for PostgreSQL but cannot be understood. The message does not repeat it, for it may hold a password.</exception>
    public static StorageChoice Parse(string text) => PostgresAddress.IsOne(text)
        ? new StorageChoice { Database = PostgresAddress.Parse(text) }
        : OfFolder(text);

    /// <summary>A folder.</summary>
    public static StorageChoice OfFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return new StorageChoice { Folder = folder };
    }
}
