namespace Endpoints.Serving.Batching;

/// <summary>What a queue has had of the lanes, in virtual time: seconds of compute divided by its weight. Written by <see cref="FairShares"/>, read by anyone.</summary>
internal sealed class Share(QueueTerms terms)
{
    /// <summary>How much a batch counts in <see cref="TypicalSeconds"/>.</summary>
    private const double Newest = 0.1;

    private double _paidUntil;
    private double _typicalSeconds;
    private long _lastServed = long.MinValue / 2;

    public double Weight => terms.Weight;

    /// <summary>Virtual time at which what it has had is paid for.</summary>
    public double PaidUntil => Volatile.Read(ref _paidUntil);

    /// <summary>Predicted seconds of a request of its usual length alone.</summary>
    public double TypicalSeconds => Volatile.Read(ref _typicalSeconds);

    /// <summary>Timestamp of its last batch's start.</summary>
    public long LastServed => Volatile.Read(ref _lastServed);

    /// <summary>Number of the batch that was its last: who was served longest ago goes first among equals.</summary>
    public long LastTurn { get; set; }

    /// <summary>True when its last batch could not take all that waited: it then waits for its share, not for a batch of another one to end.</summary>
    public bool IsBacklogged { get; set; }

    /// <summary>A batch starts.</summary>
    /// <param name="start">Its virtual time.</param>
    /// <param name="seconds">Its predicted duration.</param>
    /// <param name="rowSeconds">What one of its rows would take alone.</param>
    /// <param name="now">Timestamp.</param>
    public void Charge(double start, double seconds, double rowSeconds, long now)
    {
        Volatile.Write(ref _paidUntil, start + (seconds / Weight));
        Volatile.Write(ref _typicalSeconds, _typicalSeconds == 0 ? rowSeconds : ((1 - Newest) * _typicalSeconds) + (Newest * rowSeconds));
        Volatile.Write(ref _lastServed, now);
    }

    /// <summary>A batch took longer than predicted, or less.</summary>
    public void Correct(double seconds) => Volatile.Write(ref _paidUntil, _paidUntil + (seconds / Weight));
}
