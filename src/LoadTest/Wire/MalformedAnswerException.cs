namespace Endpoints.LoadTest.Wire;

/// <summary>What came over the connection is no answer in HTTP/1.1; the message says why, in words that are the same for the same reason.</summary>
internal sealed class MalformedAnswerException(string reason) : IOException(reason)
{
    /// <summary>Something answered that does not speak HTTP.</summary>
    public const string NotHttp = "the answer is not HTTP";
}
