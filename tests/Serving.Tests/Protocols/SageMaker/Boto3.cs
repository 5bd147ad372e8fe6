using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Protocols.SageMaker;

/// <summary>The real AWS client, where a Python with boto3 is installed (Debian: python3-boto3).</summary>
internal static class Boto3
{
    private static readonly string[] Candidates = ["/usr/bin/python3", "python3"];
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Protocols", "SageMaker", "invoke_endpoint.py");
    private static readonly Lazy<string?> Python = new(() => Array.Find(Candidates, HasBoto3));

    /// <summary>Why it cannot be used here; null where it can.</summary>
    public static string? Problem => Python.Value is null ? "No python3 here has boto3 (apt-get install python3-boto3)." : null;

    /// <summary>Invokes an endpoint.</summary>
    /// <param name="host">The server.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="mode">How it retries: <c>legacy</c> or <c>standard</c>.</param>
    /// <param name="retries">Most retries after the first attempt.</param>
    /// <param name="endpoint">The endpoint's name.</param>
    /// <param name="arguments">Further arguments of <c>invoke_endpoint</c>.</param>
    /// <returns>What the caller sees.</returns>
    public static async Task<JsonElement> InvokeAsync(
        TestHost host, string body, string mode = "standard", int retries = 0, string endpoint = "base", params (string Name, string Value)[] arguments)
    {
        var task = new JsonObject
        {
            ["url"] = host.Address.ToString().TrimEnd('/'),
            ["endpoint"] = endpoint,
            ["mode"] = mode,
            ["retries"] = retries,
            ["body"] = body,
            ["arguments"] = new JsonObject(arguments.Select(argument => KeyValuePair.Create(argument.Name, (JsonNode?)argument.Value))),
        };
        using Process process = Start(Python.Value!, Script, task.ToJsonString());
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return output.Length > 0 ? JsonDocument.Parse(output).RootElement : throw new InvalidOperationException(await errors);
    }

    private static bool HasBoto3(string python)
    {
        try
        {
            using Process process = Start(python, "-c", "import boto3");
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Only what the test says: no profile, no metadata service, no proxy.
        start.Environment["AWS_CONFIG_FILE"] = "/dev/null";
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["NO_PROXY"] = "127.0.0.1";
        return Process.Start(start)!;
    }
}

/// <summary>A test that runs where boto3 is.</summary>
internal sealed class Boto3FactAttribute : FactAttribute
{
    public Boto3FactAttribute() => Skip = Boto3.Problem;
}

/// <summary>A theory that runs where boto3 is.</summary>
internal sealed class Boto3TheoryAttribute : TheoryAttribute
{
    public Boto3TheoryAttribute() => Skip = Boto3.Problem;
}
