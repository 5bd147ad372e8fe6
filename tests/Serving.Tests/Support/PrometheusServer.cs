using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Endpoints.Tests;

namespace Endpoints.Serving.Tests.Support;

/// <summary>A test that needs the programs of a Prometheus server; skipped with the reason where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = PrometheusServer.Problem;
}

/// <summary>Prometheus itself, scraping one host four times a second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly HttpClient _client;

    public PrometheusServer(Uri target)
    {
        File.WriteAllText(_folder.File("prometheus.yml"), $$"""
            global: { scrape_interval: 250ms, scrape_timeout: 250ms }
            scrape_configs:
              - job_name: endpoints
                static_configs: [{ targets: ["{{target.Authority}}"] }]
            """);
        int port = LoopbackPort.Free();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TestHost.Patience };
        _process = Start("prometheus", $"--config.file={_folder.File("prometheus.yml")} --storage.tsdb.path={_folder.File("data")} --web.listen-address=127.0.0.1:{port} --log.level=error");
    }

    /// <summary>Why it cannot be used here; null where it can.</summary>
    public static string? Problem { get; } = Find();

    /// <summary>The value of an instant query; null while it has none.</summary>
    public async Task<double?> QueryAsync(string query)
    {
        try
        {
            using JsonDocument answer = JsonDocument.Parse(await _client.GetStringAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));
            JsonElement result = answer.RootElement.GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0 ? null : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            return null; // not listening yet
        }
    }

    /// <summary>Asks until an answer is as it must become.</summary>
    public async Task<double> QueryUntilAsync(string query, Predicate<double> condition)
    {
        long start = Stopwatch.GetTimestamp();
        double? last = null;
        while (Stopwatch.GetElapsedTime(start) < TestHost.Patience)
        {
            last = await QueryAsync(query);
            if (last is { } value && condition(value))
            {
                return value;
            }

            Assert.False(_process.HasExited, $"Prometheus ended with {(_process.HasExited ? _process.ExitCode : 0)}.");
            await Task.Delay(50);
        }

        throw new TimeoutException($"{query} stayed {last?.ToString(CultureInfo.InvariantCulture) ?? "without a value"}.");
    }

    /// <summary>What <c>promtool check metrics</c> says of a text; nothing when it has no fault to find.</summary>
    public static async Task<(int Code, string Output)> CheckAsync(string metrics)
    {
        using Process process = Start("promtool", "check metrics");
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(metrics);
        process.StandardInput.Close();
        string text = await output + await error;
        await process.WaitForExitAsync();
        return (process.ExitCode, text);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    private static string? Find()
    {
        foreach (string program in (string[])["prometheus", "promtool"])
        {
            try
            {
                using Process process = Start(program, "--version");
                process.StandardOutput.ReadToEnd();
                process.WaitForExit();
            }
            catch (Win32Exception exception)
            {
                return $"Prometheus is skipped: {program} cannot be run ({exception.Message}); Debian has both in the package prometheus.";
            }
        }

        return null;
    }

    private static Process Start(string program, string arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
