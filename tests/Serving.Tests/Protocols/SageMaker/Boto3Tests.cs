using System.Text.Json;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Protocols.SageMaker;

/// <summary>What a program sees that was written for SageMaker, with no change but <c>endpoint_url</c>.</summary>
public sealed class Boto3Tests
{
    private static readonly (string, string)[] OneRow = [("Endpoints:Defaults:MaxConcurrency", "1"), ("Endpoints:Server:MaxPairs", "1")];

    [Boto3Fact]
    public async Task InvokeEndpoint_Json_IsAnsweredWithEveryField()
    {
        await using TestHost host = await TestHost.StartAsync();

        JsonElement seen = await Boto3.InvokeAsync(
            host,
            TestHost.Body(),
            arguments: [("ContentType", "application/json"), ("Accept", "application/json"), ("CustomAttributes", "trace=17"), ("InferenceId", "id-1")]);

        Assert.Equal(200, seen.GetProperty("Status").GetInt32());
        Assert.Equal("application/json", seen.GetProperty("ContentType").GetString());
        Assert.Equal("AllTraffic", seen.GetProperty("InvokedProductionVariant").GetString());
        Assert.Equal("trace=17", seen.GetProperty("CustomAttributes").GetString());
        Assert.True(Guid.TryParse(seen.GetProperty("RequestId").GetString(), out _));
        Assert.Equal("entailment", JsonDocument.Parse(seen.GetProperty("Body").GetString()!).RootElement.GetProperty("label").GetString());
    }

    [Boto3Fact]
    public async Task InvokeEndpoint_NoContentType_IsTakenForJson()
    {
        await using TestHost host = await TestHost.StartAsync();

        JsonElement seen = await Boto3.InvokeAsync(host, TestHost.Body());

        Assert.Equal(200, seen.GetProperty("Status").GetInt32());
    }

    [Boto3Theory]
    [InlineData("legacy", "false", 429)]
    [InlineData("standard", "false", 429)]
    [InlineData("legacy", "true", 400)]
    [InlineData("standard", "true", 400)]
    public async Task InvokeEndpoint_StaysFull_IsThrottlingExceptionAfterEveryRetry(string mode, string as400, int status)
    {
        await using TestHost host = await TestHost.StartAsync([.. OneRow, ("Endpoints:Server:SageMakerThrottleAs400", as400)]);
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        JsonElement seen = await Boto3.InvokeAsync(host, TestHost.Body(), mode, retries: 2);

        Assert.Equal("ThrottlingException", seen.GetProperty("Code").GetString());
        Assert.StartsWith("Endpoint 'base' is busy", seen.GetProperty("Message").GetString(), StringComparison.Ordinal);
        Assert.Equal(status, seen.GetProperty("Status").GetInt32());
        Assert.Equal(2, seen.GetProperty("Retries").GetInt32());
        host.Engine.Release();
        await running;
    }

    [Boto3Theory]
    [InlineData("legacy")]
    [InlineData("standard")]
    public async Task InvokeEndpoint_FullAtFirst_SucceedsByRetrying(string mode)
    {
        await using TestHost host = await TestHost.StartAsync(OneRow);
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        Task<JsonElement> seen = Boto3.InvokeAsync(host, TestHost.Body(), mode, retries: 6);
        await ThrottledOnceAsync(host);
        host.Engine.Release();

        Assert.Equal(200, (await seen).GetProperty("Status").GetInt32());
        Assert.True((await seen).GetProperty("Retries").GetInt32() >= 1, "It was never throttled.");
        await running;
    }

    [Boto3Theory]
    [InlineData("nobody", """{"text": "a"}""", "ValidationError", "ValidationError", 400, "There is no endpoint 'nobody'")]
    [InlineData("base", """{"text": """, "ValidationError", "ValidationError", 400, "The body is not valid JSON")]
    [InlineData("base", """{"text": "w666"}""", "ModelError", "ModelError", 424, "could not compute this request")]
    public async Task InvokeEndpoint_Error_IsItsExceptionAndNotRetried(
        string endpoint, string body, string exception, string code, int status, string message)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.OnBatch = batch =>
        {
            if (batch.Tokens.Contains(666))
            {
                throw new InvalidOperationException("broken");
            }
        };

        JsonElement seen = await Boto3.InvokeAsync(host, body, retries: 3, endpoint: endpoint);

        Assert.Equal(exception, seen.GetProperty("Exception").GetString());
        Assert.Equal(code, seen.GetProperty("Code").GetString());
        Assert.Equal((status, 0), (seen.GetProperty("Status").GetInt32(), seen.GetProperty("Retries").GetInt32()));
        Assert.Contains(message, seen.GetProperty("Message").GetString(), StringComparison.Ordinal);
        if (code == "ModelError")
        {
            Assert.Equal(500, seen.GetProperty("OriginalStatusCode").GetInt32());
            Assert.Contains(message, seen.GetProperty("OriginalMessage").GetString(), StringComparison.Ordinal);
        }
    }

    private static async Task ThrottledOnceAsync(TestHost host)
    {
        using var patience = new CancellationTokenSource(TestHost.Patience);
        while ((await Scrape.OfAsync(host))["endpoints_requests_total{endpoint=\"base\",outcome=\"throttled\"}"] == 0)
        {
            Assert.False(patience.IsCancellationRequested, "The client was never throttled.");
        }
    }
}
