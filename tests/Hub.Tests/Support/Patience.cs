using Endpoints.Hub.Transfer;

namespace Endpoints.Hub.Tests.Support;

/// <summary>How patient the tests' downloads are.</summary>
internal static class Patience
{
    /// <summary>The limit on silence is one that nothing else waits for: see <see cref="HastyTime"/>.</summary>
    public static TransferOptions Options { get; } = new() { StallTimeout = TimeSpan.FromSeconds(1000), Attempts = 4 };
}
