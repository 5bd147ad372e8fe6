using System.Collections.Concurrent;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Serving;
using Endpoints.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Endpoints.Bench.Soak;

/// <summary>A small model served in this process: <c>target</c>, which the hostile hit, and <c>base</c> and <c>pruned</c>, whose answers are counted exactly.</summary>
internal sealed class SoakHost : IAsyncDisposable
{
    private readonly CpuEngine _engine;
    private readonly WebApplication _app;

    private SoakHost(CpuEngine engine, WebApplication app, ErrorLog errors) => (_engine, _app, Errors) = (engine, app, errors);

    public Uri Address => new(_app.Urls.Single());

    public ErrorLog Errors { get; }

    /// <param name="promise"><c>MaxQueueDelay</c> of every endpoint; a short one throttles.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SoakHost> StartAsync(string promise, CancellationToken cancellationToken)
    {
        BertConfig config = BertConfig.Uniform(30_522, 32, 2, 2, 64, 64, "entailment", "not_entailment");
        var checkpoint = new Checkpoint
        {
            Config = config,
            Parameters = BertParameters.Random(config, 1),
            Tokenizer = WordPieceTokenizer.Load(Path.Combine(Repository.Root, "tests", "vocab", "uncased")),
        };
        var engine = new CpuEngine(threadsPerLane: 1);
        var errors = new ErrorLog();
        WebApplication app = ServingHost.Build(
            engine,
            [new("target", checkpoint, SubNetwork.Full(config)), new("base", checkpoint, SubNetwork.Full(config)), new("pruned", checkpoint, SubNetwork.Small(config, 1, 1, 32))],
            new ServingSettings
            {
                Configuration = new Dictionary<string, string?>
                {
                    ["urls"] = "http://127.0.0.1:0",
                    ["Endpoints:Server:DrainDelay"] = "0",
                    ["Endpoints:Server:MaxPairs"] = "16",
                    ["Endpoints:Defaults:MaxConcurrency"] = "16",
                    ["Endpoints:Defaults:MaxQueueDelay"] = promise,
                },
                ConfigureLogging = logging => logging.ClearProviders().AddProvider(errors).SetMinimumLevel(LogLevel.Warning),
            });
        await app.StartAsync(cancellationToken);
        await ServingHost.WaitUntilReadyAsync(app, cancellationToken);
        return new SoakHost(engine, app, errors);
    }

    /// <summary>Stops in order, and waits for the end.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _engine.Dispose();
        Errors.Dispose();
    }

    /// <summary>Keeps what was logged as an error.</summary>
    public sealed class ErrorLog : ILoggerProvider, ILogger
    {
        // Kestrel's word for the rest of a refused body that is no HTTP; it closes the connection, which is all that can be done.
        private const string UndrainedBody = "RequestBodyDrainBodyReaderInvalidState";

        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && eventId.Name != UndrainedBody)
            {
                Lines.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
