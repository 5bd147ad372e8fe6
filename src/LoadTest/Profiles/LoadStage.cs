namespace Endpoints.LoadTest.Profiles;

/// <summary>A stretch of a load test: a number of virtual users (closed loop) or a rate of arrivals (open loop).</summary>
/// <param name="Users">Number of virtual users, each with a connection of its own; 0 in an open loop.</param>
/// <param name="Duration">How long they send, warm-up included.</param>
public sealed record LoadStage(int Users, TimeSpan Duration)
{
    /// <summary>Requests that arrive a second, at the start of the stage; null in a closed loop.</summary>
    public double? Rate { get; init; }

    /// <summary>Requests that arrive a second at the end of the stage, where the rate rises or falls evenly; null where it stays.</summary>
    public double? RateTo { get; init; }

    /// <summary>Do requests arrive at a rate of their own, whatever the answers do?</summary>
    public bool IsOpen => Rate is not null;

    /// <summary>The load as one number: users, or requests a second (the mean of a ramp).</summary>
    public double Level => Rate is { } rate ? (rate + (RateTo ?? rate)) / 2 : Users;

    /// <summary>A stage of an open loop.</summary>
    /// <param name="rate">Requests a second.</param>
    /// <param name="duration">How long they arrive, warm-up included.</param>
    /// <param name="rateTo">Requests a second at its end; null for no ramp.</param>
    public static LoadStage Open(double rate, TimeSpan duration, double? rateTo = null) => new(0, duration) { Rate = rate, RateTo = rateTo };

    /// <summary>The same stage at another level: as many users, or as many requests a second.</summary>
    internal LoadStage At(double level) => IsOpen ? Open(level, Duration) : new LoadStage((int)Math.Round(level), Duration);
}
