namespace Endpoints.LoadTest.Scenarios;

/// <summary>A target as a scenario file has it; what is missing is as for all targets.</summary>
public sealed record ScenarioTarget
{
    /// <summary>Its name; null for the name of the endpoint in the URL.</summary>
    public string? Name { get; init; }

    /// <summary>Where requests are posted.</summary>
    public string? Url { get; init; }

    /// <summary>Its protocol; null for what the URL tells.</summary>
    public string? Protocol { get; init; }

    /// <summary>A file with a JSON body of its own, with <c>{{premise}}</c> and <c>{{hypothesis}}</c> where the texts go.</summary>
    public string? Body { get; init; }

    /// <summary>Path of the label in its answers.</summary>
    public string? Answer { get; init; }

    /// <summary>JSONL file of the scores that its answers should have.</summary>
    public string? Reference { get; init; }

    /// <summary>Headers, <c>Name: value</c>; a value may be <c>env:NAME</c> or <c>file:PATH</c>.</summary>
    public IReadOnlyList<string>? Headers { get; init; }

    /// <summary>Where its API key is: <c>env:NAME</c> or <c>file:PATH</c>.</summary>
    public string? ApiKey { get; init; }
}
