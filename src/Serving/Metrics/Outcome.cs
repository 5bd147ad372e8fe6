namespace Endpoints.Serving.Metrics;

/// <summary>How a request ended, as counted in <c>endpoints_requests_total</c>.</summary>
internal enum Outcome
{
    /// <summary>Answered with a result.</summary>
    Ok,

    /// <summary>429.</summary>
    Throttled,

    /// <summary>Any other 4xx: the client should send something else.</summary>
    Invalid,

    /// <summary>The client left before the answer.</summary>
    Cancelled,

    /// <summary>504: the endpoint's request timeout passed.</summary>
    Timeout,

    /// <summary>500: the engine failed, or its result is no number.</summary>
    Error,

    /// <summary>503: the server warms up or stops.</summary>
    Unavailable,
}

/// <summary>Outcomes as label values.</summary>
internal static class OutcomeText
{
    public static string Label(this Outcome outcome) => outcome switch
    {
        Outcome.Ok => "ok",
        Outcome.Throttled => "throttled",
        Outcome.Invalid => "invalid",
        Outcome.Cancelled => "cancelled",
        Outcome.Timeout => "timeout",
        Outcome.Error => "error",
        Outcome.Unavailable => "unavailable",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>The outcome that an answer with a problem of this status counts as.</summary>
    public static Outcome OfStatus(int status) => status switch
    {
        429 => Outcome.Throttled,
        503 => Outcome.Unavailable,
        504 => Outcome.Timeout,
        >= 500 => Outcome.Error,
        _ => Outcome.Invalid,
    };
}
