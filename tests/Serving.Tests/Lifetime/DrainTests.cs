using System.Net;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Tests.Lifetime;

public sealed class DrainTests
{
    [Fact]
    public async Task Stop_RequestsInside_AreAllAnsweredAndTheListenerStaysForTheDelay()
    {
        var time = new ManualTimeProvider();
        await using TestHost host = await TestHost.StartPairAsync(new FakeEngine(), time, ("Endpoints:Server:DrainDelay", "00:00:05"));
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] queued = await host.QueueAsync("pruned", TestHost.Body(), TestHost.Many(6, 6));

        Task stopped = host.App.StopAsync();
        await TestHost.Until(() => time.Waiting == 1);

        // Not ready at once; alive, listening and serving all the same.
        using HttpResponseMessage ready = await host.Client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("draining", (await TestHost.JsonOf(ready)).GetProperty("status").GetString());
        using HttpResponseMessage live = await host.Client.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Task<HttpResponseMessage>[] late = await host.QueueAsync("base", TestHost.Body());

        time.Advance(TimeSpan.FromSeconds(5));
        await TestHost.Until(() => !CanConnect(host.Address));
        Assert.False(stopped.IsCompleted);
        host.Engine.Release();

        HttpResponseMessage[] answers = await Task.WhenAll([running, .. queued, .. late]);
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.True((await late[0]).Headers.ConnectionClose);
        await stopped.WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task Signal_TurnsReadinessOffBeforeTheHostStops()
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/ready")).StatusCode);

        // What the console lifetime does on SIGTERM; nobody calls StopAsync here.
        host.App.Lifetime.StopApplication();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task Run_Cancelled_Returns0()
    {
        using var cancellation = new CancellationTokenSource();
        var engine = new FakeEngine();
        var started = new TaskCompletionSource();
        engine.OnBatch = _ => started.TrySetResult();
        Task<int> run = ServingHost.RunAsync(engine, Endpoints(engine), TestHost.Settings(null), cancellation.Token);
        await started.Task.WaitAsync(TestHost.Patience);

        await cancellation.CancelAsync();

        Assert.Equal(0, await run.WaitAsync(TestHost.Patience));
        Assert.False(engine.IsDisposed);
    }

    [Fact]
    public async Task Run_EngineStuckPastTheShutdownTimeout_Returns1AndSaysSo()
    {
        using var cancellation = new CancellationTokenSource();
        var engine = new FakeEngine();
        var error = new StringWriter();
        var ready = new ReadyProbe();
        ServingSettings settings = TestHost.Settings(null, ("Endpoints:Server:ShutdownTimeout", "00:00:00.2")) with { Error = error, ConfigureLogging = ready.Attach };
        Task<int> run = ServingHost.RunAsync(engine, Endpoints(engine), settings, cancellation.Token);
        Uri address = await ready.Address.WaitAsync(TestHost.Patience);
        engine.Hold();
        using var client = new RawClient(address);
        await client.PostAsync(TestHost.Body());
        await engine.BatchStarted();

        await cancellation.CancelAsync();

        Assert.Equal(1, await run.WaitAsync(TestHost.Patience));
        Assert.Equal("The shutdown timeout of 0.2 s passed; requests that had no answer by then were cut off.", error.ToString().Trim());
        engine.Release();
    }

    [Fact]
    public async Task Run_WarmUpFails_Returns1AndSaysWhy()
    {
        var engine = new FakeEngine { OnBatch = _ => throw new InvalidOperationException("out of memory on the device") };
        var error = new StringWriter();

        int code = await ServingHost.RunAsync(engine, Endpoints(engine), TestHost.Settings(null) with { Error = error }, CancellationToken.None).WaitAsync(TestHost.Patience);

        Assert.Equal(1, code);
        Assert.Equal("The endpoints could not be warmed up: out of memory on the device", error.ToString().Trim());
    }

    [Fact]
    public async Task Run_PortTaken_Returns1AndSaysWhich()
    {
        await using TestHost host = await TestHost.StartAsync();
        var engine = new FakeEngine();
        var error = new StringWriter();

        int code = await ServingHost.RunAsync(
            engine, Endpoints(engine), TestHost.Settings(null, ("urls", host.Address.ToString())) with { Error = error }, CancellationToken.None).WaitAsync(TestHost.Patience);

        Assert.Equal(1, code);
        Assert.Contains(host.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().Trim().Split('\n'));
    }

    [Fact]
    public async Task Run_WrongConfiguration_Returns2WithALineForEachFailure()
    {
        var engine = new FakeEngine();
        var error = new StringWriter();
        ServingSettings settings = TestHost.Settings(null, ("Endpoints:Server:MaxRequestBytes", "7"), ("Endpoints:Defaults:MaxBatchRows", "0"));

        int code = await ServingHost.RunAsync(engine, Endpoints(engine), settings with { Error = error }, CancellationToken.None);

        Assert.Equal(2, code);
        Assert.Equal(2, error.ToString().Trim().Split('\n').Length);
    }

    [Fact]
    public async Task Run_WrongUrl_Returns2()
    {
        var engine = new FakeEngine();
        var error = new StringWriter();

        int code = await ServingHost.RunAsync(engine, Endpoints(engine), TestHost.Settings(null, ("urls", "nonsense")) with { Error = error }, CancellationToken.None);

        Assert.Equal(2, code);
        Assert.Contains("nonsense", error.ToString(), StringComparison.Ordinal);
    }

    private static EndpointDefinition[] Endpoints(FakeEngine engine)
    {
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, new FakeTokenizer());
        return [new("base", checkpoint, SubNetwork.Full(TestHost.Config))];
    }

    /// <summary>Learns from the log when a host that runs by itself is warm, and where it listens.</summary>
    private sealed class ReadyProbe : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource _warm = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Uri> Address => WhenReady();

        public void Attach(ILoggingBuilder logging) => logging.ClearProviders().AddProvider(this);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string line = formatter(state, exception);
            if (eventId.Name == "WarmedUp")
            {
                _warm.TrySetResult();
            }
            else if (line.StartsWith("Now listening on: ", StringComparison.Ordinal))
            {
                _listening.TrySetResult(new Uri(line["Now listening on: ".Length..]));
            }
        }

        public void Dispose()
        {
        }

        private async Task<Uri> WhenReady()
        {
            await _warm.Task;
            return await _listening.Task;
        }
    }

    private static bool CanConnect(Uri address)
    {
        try
        {
            using var client = new RawClient(address);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
