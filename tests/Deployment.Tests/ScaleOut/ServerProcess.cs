using System.Diagnostics;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Deployment.Tests.ScaleOut;

/// <summary><c>endpoints serve</c> in a process of its own, at an address that outlives it: another one may take its place.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>The endpoint that it serves.</summary>
    public const string Endpoint = "base";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HttpClient _client;
    private readonly string _model;
    private Process? _process;

    /// <param name="model">Folder of its checkpoint.</param>
    public ServerProcess(string model)
    {
        _model = model;
        Port = LoopbackPort.Free();
        _client = new HttpClient { BaseAddress = Address };
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Writes a checkpoint whose answers cost next to nothing, so that what is around the model decides.</summary>
    public static string SaveTrivialModel(string folder)
    {
        var config = BertConfig.Uniform(30_522, 8, 1, 2, 8, 64, "entailment", "not_entailment");
        var tokenizer = WordPieceTokenizer.Load(Path.Combine(Repository.Root, "tests", "vocab", "uncased"));
        CheckpointFolder.Save(folder, new Checkpoint { Config = config, Parameters = BertParameters.Random(config, 1), Tokenizer = tokenizer });
        return folder;
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        // Without a drain delay: the proxy learns that a server is gone only from a connection that fails.
        ProcessStartInfo start = ServeProcess.Start(
            "serve", "--endpoint", $"{Endpoint}={_model}", "--urls", Address.ToString(), "--threads", "1", "--set", "Endpoints:Server:DrainDelay=0");

        // Several processes that each pinned their threads would share one core.
        start.Environment["ENDPOINTS_PIN"] = "0";
        _process?.Dispose();
        _process = Process.Start(start)!;
        _ = _process.StandardOutput.ReadToEndAsync();
        await ServeProcess.UntilOkAsync(_process, _client);
    }

    /// <summary>SIGKILL: it gets no chance to end anything.</summary>
    public void Kill() => _process!.Kill();

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        using Process signal = Process.Start("kill", $"-TERM {_process!.Id}");
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>Requests that it has answered with a result since it started.</summary>
    public async Task<long> AnsweredAsync()
    {
        string metrics = await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string line = metrics.Split('\n').Single(line =>
            line.StartsWith("endpoints_requests_total{", StringComparison.Ordinal) && line.Contains($"endpoint=\"{Endpoint}\"", StringComparison.Ordinal) && line.Contains("outcome=\"ok\"", StringComparison.Ordinal));
        return long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Processor time that it has used since it started.</summary>
    public TimeSpan CpuTime()
    {
        _process!.Refresh();
        return _process.TotalProcessorTime;
    }

    public void Dispose()
    {
        _client.Dispose();
        if (_process is { HasExited: false })
        {
            _process.Kill();
        }

        _process?.Dispose();
    }
}
