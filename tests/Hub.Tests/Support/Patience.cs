using Endpoints.Hub.Transfer;

namespace Endpoints.Hub.Tests.Support;

/// <summary>How patient the tests' downloads are.</summary>
internal static class Patience
{
    /// <summary>With <see cref="HastyTime"/> silence is given up after 0.4 s: long for a server in the same process, short for a test of a stall.</summary>
    public static TransferOptions Options { get; } = new() { StallTimeout = TimeSpan.FromSeconds(400), Attempts = 4 };
}
