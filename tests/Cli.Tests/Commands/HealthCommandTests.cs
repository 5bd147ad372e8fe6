using System.Net;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

public sealed class HealthCommandTests
{
    [Theory]
    [InlineData(200, 0)]
    [InlineData(503, 1)]
    public async Task Health_Server_EndsWithWhetherItIsReady(int status, int expected)
    {
        using var listener = new HttpListener();
        string address = $"http://127.0.0.1:{LoopbackPort.Free()}/";
        listener.Prefixes.Add(address);
        listener.Start();
        Task<string> answered = AnswerAsync(listener, status);

        Cli.Run run = await Cli.RunAsync("health", "--url", address);
        Assert.Equal(expected, run.Code);
        Assert.StartsWith($"{status} ", run.Output, StringComparison.Ordinal);
        Assert.Equal("/health/ready", await answered);
    }

    [Fact]
    public async Task Health_NobodyListens_SaysSo()
    {
        Cli.Run run = await Cli.RunAsync("health", "--live", "--url", $"http://127.0.0.1:{LoopbackPort.Free()}");
        Assert.Equal(1, run.Code);
        Assert.Contains("/health/live does not answer", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NoAddress_IsRefused()
    {
        Cli.Run run = await Cli.RunAsync("health", "--url", "ftp://somewhere");
        Assert.Equal(2, run.Code);
        Assert.Contains("found 'ftp://somewhere'", run.Error, StringComparison.Ordinal);
    }

    private static async Task<string> AnswerAsync(HttpListener listener, int status)
    {
        HttpListenerContext context = await listener.GetContextAsync();
        context.Response.StatusCode = status;
        context.Response.Close();
        return context.Request.Url!.AbsolutePath;
    }
}
