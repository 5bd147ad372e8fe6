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

    /// <summary>
    /// As libpq reads a URL, which <see cref="Uri"/> does not: the host may be empty, and a socket's folder given as <c>?host=</c>.
    /// </summary>
    private static NpgsqlConnectionStringBuilder OfUrl(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder();
        (string beforeQuery, string query) = Split(text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..], rest => rest.IndexOf('?'));
        (string authority, string database) = Split(beforeQuery, rest => rest.IndexOf('/'));
        int at = authority.LastIndexOf('@');
        (string user, string password) = Split(authority[..Math.Max(0, at)], rest => rest.IndexOf(':'));
        (string host, string port) = Split(authority[(at + 1)..], rest => rest.IndexOf(':', rest.IndexOf(']') + 1));
        Set(settings, "user", user);
        Set(settings, "password", password);
        Set(settings, "host", host.Trim('[', ']'));
        Set(settings, "port", port);
        Set(settings, "dbname", database);
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            (string name, string value) = Split(pair, rest => rest.IndexOf('='));
            Set(settings, name, value);
        }

        return settings;
    }

    /// <summary>What is before and after the sign that is found; nothing after where it is not.</summary>
    private static (string Before, string After) Split(string text, Func<string, int> find)
    {
        int sign = find(text);
        return sign < 0 ? (text, "") : (text[..sign], text[(sign + 1)..]);
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string name, string escaped)
    {
        string keyword = KeywordOf(name);
        if (escaped.Length > 0)
        {
            // libpq writes verify-full where Npgsql has VerifyFull.
            string value = Uri.UnescapeDataString(escaped);
            settings[keyword] = name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
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
