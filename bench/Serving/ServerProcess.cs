using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Endpoints.Tests;

namespace Endpoints.Bench.Serving;

/// <summary>A server in a process of its own, as users run it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private ServerProcess(Process process, Uri address, long started)
    {
        (_process, Started) = (process, started);
        Client = new HttpClient { BaseAddress = address, Timeout = Patience };
    }

    public HttpClient Client { get; }

    /// <summary>Timestamp at which the process was started.</summary>
    public long Started { get; }

    /// <summary>Bytes of memory that the process has resident.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a server of one compute thread, so that HTTP and the clients have a processor of their own.</summary>
    /// <param name="site">What serves.</param>
    /// <param name="endpoints">As after <c>--endpoint</c>.</param>
    /// <param name="settings">As after <c>--set</c>.</param>
    public static async Task<ServerProcess> StartAsync(Site site, string[] endpoints, params string[] settings)
    {
        ProcessStartInfo start = site.Start();
        foreach (string argument in (string[])["serve", "--endpoint", .. endpoints, "--lanes", "1", "--threads", "1", "--urls", "http://127.0.0.1:0", "--set", "Endpoints:Server:DrainDelay=0", .. settings])
        {
            start.ArgumentList.Add(argument);
        }

        start.RedirectStandardOutput = true;
        long started = Stopwatch.GetTimestamp();
        Process process = Process.Start(start)!;
        try
        {
            return new ServerProcess(process, await ServeProcess.AddressAsync(process), started);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Waits until it is ready.</summary>
    public async Task<ServerProcess> ReadyAsync()
    {
        await ServeProcess.UntilOkAsync(_process, Client);
        return this;
    }

    /// <summary>Where requests to an endpoint are posted.</summary>
    public Uri Invoke(string endpoint) => new(Client.BaseAddress!, $"/endpoints/{endpoint}/invoke");

    /// <summary>Posts JSON; the caller disposes of the answer.</summary>
    public Task<HttpResponseMessage> PostAsync(string endpoint, string json) => Client.PostAsync(Invoke(endpoint), Json(json));

    /// <summary>Replaces or adds an endpoint.</summary>
    public async Task PutAsync(string endpoint, string json)
    {
        using HttpResponseMessage answer = await Client.PutAsync(new Uri($"/endpoints/{endpoint}", UriKind.Relative), Json(json));
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"PUT of {endpoint} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>The value of a sample of <c>/metrics</c>, summed over its labels.</summary>
    public async Task<double> MetricAsync(string name) => (await Client.GetStringAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is '{' or ' ')
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
}
