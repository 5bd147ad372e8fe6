namespace Endpoints.Hub;

/// <summary>Files that cannot be had. The message is one sentence for the user: what was expected, what was found, what to do; it never holds a token or a signed address.</summary>
public sealed class HubException : Exception
{
    /// <summary>Makes one with a message for the user.</summary>
    public HubException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
