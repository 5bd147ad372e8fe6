using Endpoints.Serving.Options;
using Microsoft.Extensions.Configuration;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>How a server listens in a container that SageMaker runs: nobody but the platform reaches it there, from outside and without a key.</summary>
internal static class SageMakerPlatform
{
    private const string PortVariable = "SAGEMAKER_BIND_TO_PORT";
    private const string DefaultPort = "8080";
    private const string AllowAnonymous = $"{AccessOptions.SectionName}:{nameof(AccessOptions.AllowAnonymous)}";

    /// <summary>Adds the platform's port, which wins over the image's own, and defaults, over which everything wins.</summary>
    public static void Configure(ConfigurationManager configuration, Dictionary<string, string?> defaults, bool isContainer)
    {
        string? port = configuration[PortVariable] is { Length: > 0 } named ? named : null;
        if (port is not null)
        {
            configuration.AddInMemoryCollection([new("urls", AtEveryAddress(port))]);
        }
        else if (isContainer && defaults.ContainsKey("urls"))
        {
            defaults["urls"] = AtEveryAddress(DefaultPort);
        }

        bool hasKeys = configuration[AccessOptions.KeysVariable] is not null || configuration[$"{AccessOptions.SectionName}:{nameof(AccessOptions.KeyFile)}"] is not null;
        if ((isContainer || port is not null) && !hasKeys)
        {
            defaults[AllowAnonymous] = "true";
        }
    }

    private static string AtEveryAddress(string port) => $"http://*:{port}";
}
