namespace Endpoints.Serving.Lifetime;

/// <summary>Whether new requests should be sent here, and if not, why. Reads a few numbers and never waits.</summary>
internal sealed class Readiness(ServingState state, Watchdog watchdog)
{
    public bool IsReady => Look().IsReady;

    public string Status => Look().Status;

    /// <summary>How things stand now.</summary>
    /// <returns>Its status: that of <see cref="ServingState.Name"/>, or <c>stuck</c>; and a sentence on it where it needs one.</returns>
    public (bool IsReady, string Status, string? Reason) Look() =>
        !state.IsReady ? (false, state.Name, state.Failure?.Message)
        : watchdog.WhyStuck() is { } reason ? (false, "stuck", reason)
        : (true, state.Name, null);
}
