using Microsoft.Extensions.Logging;

namespace Endpoints.Serving;

/// <summary>How a host is started. What it then does is configured in <see cref="Options.ServerOptions"/> and <see cref="Options.EndpointOptions"/>.</summary>
public sealed record ServingSettings
{
    /// <value>Command-line configuration, for example <c>--urls=http://127.0.0.1:8080 --Endpoints:Defaults:MaxBatchTokens=4096</c>. Default none.</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <value>Configuration keys and values that win over every other source. Default none.</value>
    public IReadOnlyDictionary<string, string?> Configuration { get; init; } = new Dictionary<string, string?>();

    /// <value>Folder that <c>appsettings.json</c> is read from. Default the current folder.</value>
    public string? ContentRoot { get; init; }

    /// <value>Address to listen on where no source configures one. Default <c>http://127.0.0.1:8080</c>, or all addresses at the port that SageMaker names.</value>
    public string? DefaultUrl { get; init; }

    /// <value>The clock of queues, deadlines and draining. Default the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <value>Where <see cref="ServingHost.RunAsync"/> says why it could not start, one line for each reason. Default standard error.</value>
    public TextWriter Error { get; init; } = Console.Error;

    /// <value>Adds or removes log targets after the console's has been set up. Default nothing.</value>
    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }
}
