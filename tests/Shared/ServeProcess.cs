using System.Diagnostics;
using System.Net;

namespace Endpoints.Tests;

/// <summary>What to wait for of <c>endpoints serve</c> in a process of its own: there is nothing to wait on but what it says and answers.</summary>
internal static class ServeProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>The program as the build left it beside the tests; options are still to be added.</summary>
    public static ProcessStartInfo Start(params string[] arguments) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "endpoints.dll"), .. arguments]) { RedirectStandardOutput = true };

    /// <summary>Where it listens, read from its standard output.</summary>
    public static async Task<Uri> AddressAsync(Process process)
    {
        const string marker = "Now listening on: ";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            int at = line.IndexOf(marker, StringComparison.Ordinal);
            if (at >= 0)
            {
                // The rest has to be read, or the server would block on a full pipe.
                _ = process.StandardOutput.ReadToEndAsync();
                return new Uri(line[(at + marker.Length)..].Trim());
            }
        }

        throw new InvalidOperationException("The server ended without listening; its own words are above.");
    }

    /// <summary>Waits until it answers a path with 200; nobody listening is no such answer.</summary>
    public static Task UntilOkAsync(Process process, HttpClient client, string path = "/health/ready") => UntilAsync(async () =>
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException($"The server ended with {process.ExitCode} before {path} was answered.");
        }

        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    /// <summary>Waits for something that another process does.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo())
        {
            await Task.Delay(Pause, patience.Token);
        }
    }
}
