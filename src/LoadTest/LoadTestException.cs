namespace Endpoints.LoadTest;

/// <summary>A load test cannot start or go on; the message says what was expected, what was found and what to do, in a sentence or two for the user.</summary>
public sealed class LoadTestException : Exception
{
    /// <summary>An error to show to the user.</summary>
    public LoadTestException(string message)
        : base(message)
    {
    }

    /// <summary>An error to show to the user, with what caused it.</summary>
    public LoadTestException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
