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

    /// <value>
    /// True in a container that SageMaker runs: unless configured otherwise it listens on every address and answers requests without a key. Default false.
    /// The variable <c>SAGEMAKER_BIND_TO_PORT</c> means the same and names the port.
    /// </value>
    public bool IsSageMakerContainer { get; init; }

    /// <value>The clock of queues, deadlines and draining. Default the system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <value>Where <see cref="ServingHost.RunAsync"/> says why it could not start, one line for each reason. Default standard error.</value>
    public TextWriter Error { get; init; } = Console.Error;

    /// <value>Adds or removes log targets after the console's has been set up. Default nothing.</value>
    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }
}
