using Endpoints.Serving.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving.Tests.Options;

public sealed class ServingConfigurationTests
{
    [Fact]
    public void Load_Nothing_GivesTheDocumentedDefaults()
    {
        var configuration = Load(["base"]);

        ServerOptions server = configuration.Server;
        Assert.Equal((6_291_456, 128, LogFormat.Text), (server.MaxRequestBytes, server.MaxPairs, server.LogFormat));
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(25)), (server.DrainDelay, server.ShutdownTimeout));
        Assert.Null(server.OtlpEndpoint);
        EndpointOptions options = configuration.Endpoints["base"];
        Assert.Equal((2_048, 64, 512), (options.MaxBatchTokens, options.MaxBatchRows, options.MaxConcurrency));
        Assert.Equal((TimeSpan.FromMilliseconds(100), OnTooLong.Truncate), (options.MaxQueueDelay, options.OnTooLong));
        Assert.Equal((TimeSpan.FromMilliseconds(50), 1), (options.MaxBatchDuration, options.Weight));
        Assert.Equal("auto", options.Precision);
        Assert.Null(options.MaxLength);
        Assert.Null(options.RequestTimeout);
    }

    [Fact]
    public void Load_ByName_WinsOverDefaultsForThatEndpointOnly()
    {
        var configuration = Load(
            ["base", "pruned"],
            ("Endpoints:Defaults:MaxBatchTokens", "1000"),
            ("Endpoints:Defaults:OnTooLong", "refuse"),
            ("Endpoints:ByName:pruned:MaxBatchTokens", "500"),
            ("Endpoints:ByName:pruned:MaxQueueDelay", "00:00:00.025"));

        Assert.Equal((1000, OnTooLong.Refuse), (configuration.Endpoints["base"].MaxBatchTokens, configuration.Endpoints["base"].OnTooLong));
        Assert.Equal((500, OnTooLong.Refuse), (configuration.Endpoints["pruned"].MaxBatchTokens, configuration.Endpoints["pruned"].OnTooLong));
        Assert.Equal(25, configuration.Endpoints["pruned"].MaxQueueDelay.TotalMilliseconds);
        Assert.Equal(100, configuration.Endpoints["base"].MaxQueueDelay.TotalMilliseconds);
    }

    [Theory]
    [InlineData("Endpoints:Server:MaxRequestBytes", "1023", "1024")]
    [InlineData("Endpoints:Server:MaxRequestBytes", "1073741825", "1073741824")]
    [InlineData("Endpoints:Server:MaxPairs", "0", "1")]
    [InlineData("Endpoints:Server:DrainDelay", "-00:00:01", "00:00:00")]
    [InlineData("Endpoints:Server:ShutdownTimeout", "01:00:01", "01:00:00")]
    [InlineData("Endpoints:Defaults:MaxBatchTokens", "7", "8")]
    [InlineData("Endpoints:Defaults:MaxBatchTokens", "262145", "262144")]
    [InlineData("Endpoints:Defaults:MaxBatchRows", "0", "1")]
    [InlineData("Endpoints:Defaults:MaxBatchRows", "4097", "4096")]
    [InlineData("Endpoints:Defaults:MaxQueueDelay", "-00:00:00.001", "00:00:00")]
    [InlineData("Endpoints:Defaults:MaxQueueDelay", "00:10:00.001", "00:10:00")]
    [InlineData("Endpoints:Defaults:MaxBatchDuration", "00:10:01", "00:10:00")]
    [InlineData("Endpoints:Defaults:Weight", "0", "0.001")]
    [InlineData("Endpoints:Defaults:Weight", "1001", "1000")]
    [InlineData("Endpoints:Defaults:MaxConcurrency", "1048577", "1048576")]
    [InlineData("Endpoints:Defaults:MaxLength", "7", "8")]
    [InlineData("Endpoints:Defaults:RequestTimeout", "00:00:00", "00:00:00.001")]
    [InlineData("Endpoints:Watchdog:Factor", "1", "2")]
    [InlineData("Endpoints:Tracing:SampleRatio", "1.1", "1")]
    [InlineData("Endpoints:Connections:MaxConnections", "0", "1")]
    [InlineData("Endpoints:Connections:MaxHeaders", "1001", "1000")]
    [InlineData("Endpoints:Connections:MaxHeaderBytes", "524289", "524288")]
    [InlineData("Endpoints:Connections:MaxRequestLineBytes", "255", "256")]
    [InlineData("Endpoints:Connections:HeaderTimeout", "00:00:00.999", "00:00:01")]
    [InlineData("Endpoints:Connections:KeepAliveTimeout", "01:00:01", "01:00:00")]
    [InlineData("Endpoints:Connections:BodyTimeout", "00:00:00", "00:00:00.01")]
    [InlineData("Endpoints:Connections:MinBytesPerSecond", "0", "1")]
    [InlineData("Endpoints:Connections:SlowPeriod", "00:00:01", "00:00:01.1")]
    [InlineData("Endpoints:Connections:MaxStreams", "10001", "10000")]
    [InlineData("Endpoints:Watchdog:Minimum", "01:00:01", "01:00:00")]
    public void Load_ValueOutOfRange_IsRefusedAndItsNeighbourIsNot(string key, string value, string bound)
    {
        string failure = Assert.Single(Failures(["base"], (key, value)));
        Assert.StartsWith($"{key} must be between ", failure, StringComparison.Ordinal);
        Assert.EndsWith($"(found '{value}').", failure, StringComparison.Ordinal);
        Assert.Contains(bound, failure, StringComparison.Ordinal);

        Load(["base"], (key, bound), ("Endpoints:Server:DrainDelay", "0"), ("Endpoints:Server:MaxPairs", "1"));
    }

    [Theory]
    [InlineData("Endpoints:Defaults:Precision", "fp16")]
    [InlineData("Endpoints:Defaults:Precision", "Float32")]
    [InlineData("Endpoints:ByName:base:Precision", "2")]
    [InlineData("Endpoints:ByName:base:Precision", "")]
    public void Load_PrecisionOfAnotherName_IsRefusedWithTheNames(string key, string value) =>
        Assert.Equal($"{key} must be float32, bfloat16, int8 or auto (found '{value}').", Assert.Single(Failures(["base"], (key, value))));

    [Theory]
    [InlineData("Endpoints:Defaults:MaxBatchTokens", "many")]
    [InlineData("Endpoints:Defaults:OnTooLong", "Ignore")]
    [InlineData("Endpoints:ByName:base:MaxQueueDelay", "soon")]
    [InlineData("Endpoints:Server:LogFormat", "xml")]
    [InlineData("Endpoints:Server:OtlpEndpoint", "collector:4317")]
    public void Load_ValueOfTheWrongType_IsNamedWithItsKey(string key, string value)
    {
        string failure = Assert.Single(Failures(["base"], (key, value)));

        Assert.Contains(key[..key.LastIndexOf(':')], failure, StringComparison.Ordinal);
        Assert.Contains(key[(key.LastIndexOf(':') + 1)..], failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Endpoints:Defaults:MaxBatchToken", "'MaxBatchToken'")]
    [InlineData("Endpoints:Server:Port", "'Port'")]
    [InlineData("Endpoints:Serve:MaxPairs", "Endpoints:Serve is not a section; the sections are Server, Access, Connections, Tls, Tracing, Watchdog, Defaults, ByName, Elastic and Cascade.")]
    [InlineData("Endpoints:ByName:basis:MaxBatchRows", "Endpoints:ByName:basis configures an endpoint that is not served; the endpoints are: base.")]
    public void Load_UnknownKey_IsRefused(string key, string expected) =>
        Assert.Contains(expected, Assert.Single(Failures(["base"], (key, "1"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("DrainDelay (00:00:25) must be shorter than ShutdownTimeout (00:00:25)", "Endpoints:Server:DrainDelay", "00:00:25")]
    [InlineData("MaxPairs (128) is above MaxConcurrency of endpoint 'base' (100)", "Endpoints:Defaults:MaxConcurrency", "100")]
    public void Load_ValuesThatContradict_AreRefused(string expected, string key, string value) =>
        Assert.Contains(expected, Assert.Single(Failures(["base"], (key, value))), StringComparison.Ordinal);

    [Fact]
    public void Load_SeveralMistakes_AreReportedTogether()
    {
        string[] failures = Failures(
            ["base", "pruned"],
            ("Endpoints:Server:MaxPairs", "0"),
            ("Endpoints:Defaults:MaxBatchTokens", "1"),
            ("Endpoints:Defaults:MaxBatchRows", "0"),
            ("Endpoints:ByName:pruned:MaxQueueDelay", "soon"));

        Assert.Equal(4, failures.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("(unknown)")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public void Load_WrongName_IsRefused(string name) =>
        Assert.Equal($"'{name}' cannot name an endpoint: use 1 to 63 letters, digits, '.', '_' or '-', starting with a letter or digit.", Assert.Single(Failures([name])));

    [Fact]
    public void Load_NoOrDoubledNames_AreRefused()
    {
        Assert.Equal("There is no endpoint to serve; give at least one.", Assert.Single(Failures([])));
        Assert.Equal("2 endpoints are named 'base' (case does not count); give each its own name.", Assert.Single(Failures(["base", "Base"])));
    }

    private static ServingConfiguration Load(string[] names, params (string Key, string Value)[] values) => ServingConfiguration.Load(
        new ConfigurationBuilder().AddInMemoryCollection(values.DistinctBy(value => value.Key).ToDictionary(value => value.Key, value => (string?)value.Value)).Build(), names);

    private static string[] Failures(string[] names, params (string Key, string Value)[] values) =>
        [.. Assert.Throws<OptionsValidationException>(() => Load(names, values)).Failures];
}
