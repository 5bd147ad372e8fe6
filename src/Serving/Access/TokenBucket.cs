namespace Endpoints.Serving.Access;

/// <summary>An allowance that fills at a steady rate up to a limit. What is charged afterwards may take it below zero; it must then fill up first.</summary>
internal sealed class TokenBucket
{
    private readonly Lock _lock = new();
    private readonly double _perSecond;
    private readonly TimeProvider _time;
    private double _level;
    private long _filledAt;

    /// <param name="limit">Most that it holds, and what it starts with; above 0.</param>
    /// <param name="perSecond">What flows in; above 0.</param>
    /// <param name="time">The clock.</param>
    public TokenBucket(double limit, double perSecond, TimeProvider time)
    {
        (Limit, _level, _perSecond, _time) = (limit, limit, perSecond, time);
        _filledAt = time.GetTimestamp();
    }

    public double Limit { get; }

    /// <summary>Seconds in which an empty one fills up.</summary>
    public double Window => Limit / _perSecond;

    /// <summary>What is left; below zero when more was charged than there was.</summary>
    public double Left
    {
        get
        {
            lock (_lock)
            {
                Fill();
                return _level;
            }
        }
    }

    /// <summary>Takes an amount if there is so much.</summary>
    /// <returns>Zero when it was taken, else the time until there will be so much.</returns>
    public TimeSpan Take(double amount)
    {
        lock (_lock)
        {
            TimeSpan wait = Until(amount);
            _level -= wait == TimeSpan.Zero ? amount : 0;
            return wait;
        }
    }

    /// <summary>Time until something is left; zero when something is.</summary>
    public TimeSpan UntilPositive()
    {
        lock (_lock)
        {
            // A thousandth more than nothing, so that who comes back after this time is let in.
            return Until(Limit / 1_000);
        }
    }

    /// <summary>Takes an amount, whatever there is.</summary>
    public void Charge(double amount)
    {
        lock (_lock)
        {
            Fill();
            _level -= amount;
        }
    }

    private TimeSpan Until(double amount)
    {
        Fill();
        return _level >= amount ? TimeSpan.Zero : TimeSpan.FromSeconds((amount - _level) / _perSecond);
    }

    private void Fill()
    {
        long now = _time.GetTimestamp();
        _level = Math.Min(Limit, _level + (_perSecond * _time.GetElapsedTime(_filledAt, now).TotalSeconds));
        _filledAt = now;
    }
}
