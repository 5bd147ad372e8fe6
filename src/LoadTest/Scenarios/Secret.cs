namespace Endpoints.LoadTest.Scenarios;

/// <summary>Values that must stand neither on a command line, which every user of a machine can read, nor in a report.</summary>
internal static class Secret
{
    private const string Environment = "env:";
    private const string OfFile = "file:";
    private static readonly string[] AlwaysSecret = ["Authorization", "Proxy-Authorization", "X-Api-Key", "Cookie", "X-Amz-Security-Token"];

    /// <summary>Reads <c>env:NAME</c> or <c>file:PATH</c>.</summary>
    /// <exception cref="LoadTestException">The text is of another form, or nothing is there. The message never shows a value.</exception>
    public static string Read(string text, string of, Func<string, string?> variable)
    {
        string value = text.StartsWith(Environment, StringComparison.Ordinal)
            ? variable(text[Environment.Length..]) ?? throw new LoadTestException($"{of} is to come from the environment variable {text[Environment.Length..]}, which is not set.")
            : text.StartsWith(OfFile, StringComparison.Ordinal)
                ? FromFile(text[OfFile.Length..], of)
                : throw new LoadTestException($"{of} is given as it is: expected env:NAME or file:PATH, for a command line and its files can be read by others.");
        return value.Trim() is { Length: > 0 } trimmed && !trimmed.AsSpan().ContainsAny('\r', '\n')
            ? trimmed
            : throw new LoadTestException($"{of} ({text}) is empty or has several lines: expected one line.");
    }

    /// <summary>Reads a header, <c>Name: value</c>.</summary>
    public static KeyValuePair<string, string> Header(string text, Func<string, string?> variable)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon > 0 ? text[..colon].Trim() : "";
        string value = colon > 0 ? text[(colon + 1)..].Trim() : "";
        if (name.Length == 0 || value.Length == 0 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
        {
            throw new LoadTestException($"A header of {text.Length} letters is not of the form 'Name: value'.");
        }

        bool reference = value.StartsWith(Environment, StringComparison.Ordinal) || value.StartsWith(OfFile, StringComparison.Ordinal);
        return new(name, reference || AlwaysSecret.Contains(name, StringComparer.OrdinalIgnoreCase) ? Read(value, $"The header {name}", variable) : value);
    }

    private static string FromFile(string path, string of)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException($"{of} is to come from the file {path}, which cannot be read: {exception.Message}", exception);
        }
    }
}
