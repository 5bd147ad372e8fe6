using System.CommandLine;
using System.Globalization;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints health</c>: asks a server whether it is ready; the health check of an image that has no shell.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Command Create(CliHost host)
    {
        var url = new Option<string>("--url") { Description = "The server.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var live = new Option<bool>("--live") { Description = "Ask only whether it runs, not whether it would take requests." };
        var command = new Command("health", "Ask a server whether it is ready. Exit code 0: it is; 1: it is not, or does not answer.") { url, live };
        command.SetAction(async (result, cancellationToken) =>
        {
            string text = result.GetValue(url)!;
            if (!Uri.TryCreate(text.TrimEnd('/') + (result.GetValue(live) ? "/health/live" : "/health/ready"), UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            {
                throw new ArgumentException($"Expected an http or https address for --url, found '{text}'.");
            }

            using var client = new HttpClient { Timeout = Patience };
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(address, cancellationToken);
                string body = await answer.Content.ReadAsStringAsync(cancellationToken);
                host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {body}"));
                return answer.IsSuccessStatusCode ? ExitCode.Done : ExitCode.Failed;
            }
            catch (HttpRequestException exception)
            {
                host.Error.WriteLine($"{address} does not answer: {exception.Message}");
                return ExitCode.Failed;
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                host.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{address} did not answer within {Patience.TotalSeconds} s."));
                return ExitCode.Failed;
            }
        });
        return command;
    }
}
