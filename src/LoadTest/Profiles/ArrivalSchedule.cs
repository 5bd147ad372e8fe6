using Endpoints.LoadTest.Scenarios;

namespace Endpoints.LoadTest.Profiles;

/// <summary>When each request of an open stage is to be sent, in order, without end; after a ramp the rate stays at the ramp's end.</summary>
internal sealed class ArrivalSchedule
{
    private readonly double _rate;
    private readonly double _rise;
    private readonly double _ramp;
    private readonly Random? _random;
    private double _arrived;

    /// <param name="stage">A stage with a rate.</param>
    /// <param name="arrivals">How arrivals are spread.</param>
    /// <param name="seed">Of random arrivals.</param>
    /// <param name="worker">Which of several testers, whose arrivals lie between each other; null for the only one.</param>
    public ArrivalSchedule(LoadStage stage, Arrivals arrivals, int seed, Worker? worker = null)
    {
        _arrived = worker is null || arrivals == Arrivals.Poisson ? 0 : (double)worker.Index / worker.Count;
        _rate = stage.Rate!.Value;
        _ramp = stage.RateTo is null ? 0 : stage.Duration.TotalSeconds;
        _rise = stage.RateTo is { } to ? (to - _rate) / _ramp : 0;
        _random = arrivals == Arrivals.Poisson ? new Random(seed + (worker?.Index ?? 0)) : null;
    }

    /// <summary>Time from the start of the stage to the next request.</summary>
    public TimeSpan Next()
    {
        // Arrivals are evenly (or exponentially) spread in expected arrivals; turned into time, they follow the rate.
        if (_random is not null)
        {
            _arrived -= Math.Log(1 - _random.NextDouble());
        }

        TimeSpan next = TimeSpan.FromSeconds(TimeOf(_arrived));
        if (_random is null)
        {
            _arrived++;
        }

        return next;
    }

    /// <summary>The time in s by which a number of arrivals is expected.</summary>
    private double TimeOf(double arrivals)
    {
        double inRamp = (_rate * _ramp) + (_rise * _ramp * _ramp / 2);
        if (_rise == 0)
        {
            return arrivals / _rate;
        }

        // rate·t + rise·t²/2 = arrivals; the form of the root that loses no digits when the rise is small.
        return arrivals >= inRamp
            ? _ramp + ((arrivals - inRamp) / (_rate + (_rise * _ramp)))
            : 2 * arrivals / (_rate + Math.Sqrt((_rate * _rate) + (2 * _rise * arrivals)));
    }
}
