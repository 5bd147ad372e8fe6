using Endpoints.Pruning.Runs.Storage;
using Npgsql;

namespace Endpoints.Pruning.Tests.Runs.Storage;

public sealed class StorageChoiceTests
{
    [Theory]
    [InlineData("runs/rte")]
    [InlineData("/tmp/host=x/run")]
    [InlineData("postgres")]
    public void Parse_Folder_IsOne(string text)
    {
        StorageChoice choice = StorageChoice.Parse(text);
        Assert.Equal(text, choice.Folder);
        Assert.Null(choice.Database);
    }

    [Theory]
    [InlineData("postgres://ann:p%40ss@db.example:6543/trials?sslmode=require", "db.example", 6543, "trials", "ann", "p@ss")]
    [InlineData("postgres://ann@[fe80::1]:6543/trials", "fe80::1", 6543, "trials", "ann", null)]
    [InlineData("postgres://ann:a@b@db.example/trials", "db.example", 5432, "trials", "ann", "a@b")]
    [InlineData("postgresql://ann@db.example/trials", "db.example", 5432, "trials", "ann", null)]
    [InlineData("postgres:///trials?host=%2Fvar%2Frun%2Fpostgresql&user=ann", "/var/run/postgresql", 5432, "trials", "ann", null)]
    [InlineData("Host=db.example;Port=6543;Database=trials;Username=ann;Password=p@ss", "db.example", 6543, "trials", "ann", "p@ss")]
    public void Parse_Database_ReadsEveryPartAndNamesItWithoutPassword(string text, string host, int port, string name, string user, string? password)
    {
        var database = StorageChoice.Parse(text).Database!;
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        Assert.Equal((host, port, name, user, password), (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password));
        Assert.Equal($"PostgreSQL at {host}:{port}/{name}", database.Name);
    }

    [Fact]
    public void Parse_SslMode_IsKept() => Assert.Equal(
        SslMode.VerifyFull, new NpgsqlConnectionStringBuilder(StorageChoice.Parse("postgres://h/d?sslmode=verify-full").Database!.ConnectionString).SslMode);

    [Theory]
    [InlineData("postgres://ann:s3cret@db/x?colour=red", "colour is not a known parameter")]
    [InlineData("postgres://ann:s3cret@db:many/x", "not understood")]
    [InlineData("postgres://ann:s3cret@/x", "it names no host")]
    [InlineData("Host=db;Password=s3cret;Colour=red", "Colour")]
    [InlineData("Host=db;Password=s3cret;Port=many", "not understood")]
    public void Parse_NotUnderstood_SaysWhyAndNotThePassword(string text, string expected)
    {
        var exception = Assert.Throws<FormatException>(() => StorageChoice.Parse(text));
        Assert.Contains(expected, exception.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("postgres://USER@HOST:PORT/DATABASE", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", exception.Message, StringComparison.Ordinal);
    }
}
