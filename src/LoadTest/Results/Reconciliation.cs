namespace Endpoints.LoadTest.Results;

/// <summary>What a server counted during a stage, warm-up included, beside what the tester counted.</summary>
/// <param name="ClientOk">Attempts that the tester saw answered with success.</param>
/// <param name="ServerOk">Requests that the server says it answered.</param>
/// <param name="ClientThrottled">Attempts that the tester saw answered 429.</param>
/// <param name="ServerThrottled">Requests that the server says it throttled.</param>
/// <param name="ServerOthers">Requests that the server says ended otherwise.</param>
public sealed record Reconciliation(long ClientOk, long ServerOk, long ClientThrottled, long ServerThrottled, long ServerOthers)
{
    /// <summary>Cores that the server's process kept busy on average; null when it does not tell.</summary>
    public double? ServerCores { get; init; }

    /// <summary>Did both count the same, exactly?</summary>
    public bool Agrees => ClientOk == ServerOk && ClientThrottled == ServerThrottled;
}
