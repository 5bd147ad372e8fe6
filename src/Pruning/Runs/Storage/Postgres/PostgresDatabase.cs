using System.Data.Common;
using Npgsql;

namespace Endpoints.Pruning.Runs.Storage.Postgres;

/// <summary>Connections to one database, with its errors turned into sentences.</summary>
internal sealed class PostgresDatabase(PostgresAddress address) : IDisposable
{
    private readonly NpgsqlDataSource _source = Build(address);

    public string Name => address.Name;

    public NpgsqlConnection Connect() => Guard(_source.OpenConnection);

    /// <summary>A command with its parameters in order, <c>$1</c> first.</summary>
    public static NpgsqlCommand Command(NpgsqlConnection connection, string text, params ReadOnlySpan<object> parameters)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (object parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }

    /// <summary>Runs a command on a connection of its own.</summary>
    /// <returns>Rows that it changed.</returns>
    public int Execute(string text, params object[] parameters) => Guard(() =>
    {
        using NpgsqlConnection connection = _source.OpenConnection();
        using NpgsqlCommand command = Command(connection, text, parameters);
        return command.ExecuteNonQuery();
    });

    /// <summary>Runs a command on a connection of its own.</summary>
    /// <returns>Its first value; null where it has no row.</returns>
    public object? Scalar(string text, params object[] parameters) => Guard(() =>
    {
        using NpgsqlConnection connection = _source.OpenConnection();
        using NpgsqlCommand command = Command(connection, text, parameters);
        return command.ExecuteScalar();
    });

    /// <exception cref="StorageAwayException">The database cannot be reached at the moment.</exception>
    /// <exception cref="IOException">It refuses.</exception>
    public T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DbException exception) when (exception.IsTransient)
        {
            throw new StorageAwayException($"{Name} cannot be reached ({Reason(exception)}).", exception);
        }
        catch (DbException exception)
        {
            throw new IOException($"{Name} refuses ({Reason(exception)}). {Advice(exception)}", exception);
        }
    }

    public void Dispose() => _source.Dispose();

    private static NpgsqlDataSource Build(PostgresAddress address)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(address.ConnectionString);
        builder.EnableTransportSecurity();
        return builder.Build();
    }

    private static string Reason(DbException exception) => exception is PostgresException postgres
        ? postgres.MessageText
        : exception.InnerException is { } inner ? $"{exception.Message.TrimEnd('.')}: {inner.Message.TrimEnd('.')}" : exception.Message.TrimEnd('.');

    private static string Advice(DbException exception) => exception.SqlState switch
    {
        "28P01" or "28000" => "Give user and password in the URL, in PGUSER and PGPASSWORD, or in the file that PGPASSFILE names.",
        "3D000" => "Create the database first.",
        "42501" => "Grant the user CREATE on the schema, or SELECT, INSERT and UPDATE on the tables endpoints_*.",
        null => "Give user and password in the URL, in PGUSER and PGPASSWORD, or in the file that PGPASSFILE names, and check the address.",
        _ => "The finished trials are safe there; see the server's log.",
    };
}
