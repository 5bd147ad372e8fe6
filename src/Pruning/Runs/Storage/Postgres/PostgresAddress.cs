using System.Globalization;
using Npgsql;

namespace Endpoints.Pruning.Runs.Storage.Postgres;

/// <summary>Where a PostgreSQL database is, and as whom to connect. What is not given comes from PGUSER, PGPASSWORD, PGPASSFILE and their kin.</summary>
internal sealed class PostgresAddress
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    private PostgresAddress(NpgsqlConnectionStringBuilder settings)
    {
        ConnectionString = settings.ConnectionString;
        Name = string.Create(CultureInfo.InvariantCulture, $"PostgreSQL at {settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}");
    }

    /// <summary>For Npgsql; may hold a password.</summary>
    public string ConnectionString { get; }

    /// <summary>For messages; holds no password.</summary>
    public string Name { get; }

    /// <summary>True for text that is meant for PostgreSQL rather than as a folder.</summary>
    public static bool IsOne(string text) =>
        Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        || text.Split(';').Any(part => part.TrimStart().StartsWith("host=", StringComparison.OrdinalIgnoreCase));

    /// <summary>Understands a URL or a connection string.</summary>
    /// <exception cref="FormatException">It cannot be understood; the message does not repeat it.</exception>
    public static PostgresAddress Parse(string text)
    {
        try
        {
            NpgsqlConnectionStringBuilder settings = Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                ? OfUrl(text)
                : new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(settings.Host))
            {
                throw new FormatException("it names no host");
            }

            settings.ApplicationName ??= "endpoints search";
            return new PostgresAddress(settings);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException)
        {
            throw new FormatException(
                $"The PostgreSQL storage is not understood ({exception.Message.TrimEnd('.')}): expected postgres://USER@HOST:PORT/DATABASE or Host=...;Username=...;Database=....",
                exception);
        }
    }

    /// <summary>As libpq reads a URL: a socket's folder may be given as <c>?host=</c>.</summary>
    private static NpgsqlConnectionStringBuilder OfUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url))
        {
            throw new FormatException("it is no URL");
        }

        var settings = new NpgsqlConnectionStringBuilder();
        string[] user = url.UserInfo.Split(':', 2);
        Set(settings, "host", url.Host);
        Set(settings, "port", url.Port > 0 ? url.Port.ToString(CultureInfo.InvariantCulture) : "");
        Set(settings, "user", user[0]);
        Set(settings, "password", user.Length > 1 ? user[1] : "");
        Set(settings, "dbname", url.AbsolutePath.TrimStart('/'));
        foreach (string pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            Set(settings, parts[0], parts.Length > 1 ? parts[1] : throw new FormatException($"{parts[0]} has no value"));
        }

        return settings;
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string escaped)
    {
        if (escaped.Length > 0)
        {
            settings[KeywordOf(name)] = Uri.UnescapeDataString(escaped);
        }
    }

    private static string KeywordOf(string name) => name switch
    {
        "host" => "Host",
        "port" => "Port",
        "user" => "Username",
        "password" => "Password",
        "dbname" => "Database",
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "connect_timeout" => "Timeout",
        "application_name" => "Application Name",
        _ => throw new FormatException($"{name} is not a known parameter"),
    };
}
