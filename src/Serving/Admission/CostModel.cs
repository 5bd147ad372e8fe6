namespace Endpoints.Serving.Admission;

/// <summary>
/// What a batch of one network costs: <see cref="CostTerms"/>, fitted to warm-up's batches of several shapes and kept current from real ones. Written by
/// lanes, read by everyone.
/// </summary>
/// <remarks>
/// Errors count relative to the time, so that short batches are predicted as well as long ones. Real batches are seldom varied enough to tell three terms
/// apart, so the fit is held to the shape that warm-up found, made faster or slower as a whole: batches that are all alike then move all terms together,
/// and only varied ones bend them. A batch that took twice its prediction and one that took a hundred times count the same, for the latter was a pause
/// of the machine; a lasting change is followed all the same.
/// </remarks>
/// <param name="mostSurprise"><see cref="UsualSurprise"/> or <see cref="CascadeSurprise"/>.</param>
internal sealed class CostModel(double mostSurprise = CostModel.UsualSurprise)
{
    /// <summary>What a batch weighs after the next one: the last 50 count.</summary>
    private const double Memory = 0.98;

    /// <summary>How firmly the fit is held to warm-up's shape: as by so many batches that consist of one term only.</summary>
    private const double ShapeWeight = 0.1;

    /// <summary>How many times its prediction a batch counts as at most, and as its inverse at least.</summary>
    public const double UsualSurprise = 2;

    /// <summary>
    /// The same for a cascade, whose batches of a row cost one network or two: held to twice the prediction, the dear ones would be counted too cheap, and the
    /// mean would never be reached.
    /// </summary>
    public const double CascadeSurprise = 10;

    /// <summary>Just enough to decide between terms that warm-up could not tell apart.</summary>
    private const double CalibrationWeight = 1e-6;

    /// <summary>A term that warm-up saw nothing of can still grow, from this share of a typical time.</summary>
    private const double SmallestShare = 0.02;

    private readonly Lock _lock = new();
    private readonly List<(Work Work, double Seconds)> _calibration = [];
    private readonly double[] _scale = new double[3];
    private readonly double[] _prior = new double[3];
    private NonNegativeFit _recent = new();
    private CostTerms _shape;
    private double _speedSum;
    private double _speedWeight;
    private double _error;

    // Read without the lock: a reader may see one term new and another old, which differ by a percent.
    private double _fixed;
    private double _perToken;
    private double _perSquare;

    /// <summary>What is known now; zeros before the first batch.</summary>
    public CostTerms Terms => new(Volatile.Read(ref _fixed), Volatile.Read(ref _perToken), Volatile.Read(ref _perSquare));

    /// <summary>How far predictions have been off lately: mean of |predicted − measured| / measured.</summary>
    public double Error => Volatile.Read(ref _error);

    /// <summary>Predicts the seconds of one batch.</summary>
    public double Seconds(Work work) => Terms.Seconds(work);

    /// <summary>Fits warm-up's batches; those of several lanes add up.</summary>
    public void Calibrate(IEnumerable<(Work Work, TimeSpan Elapsed)> batches)
    {
        lock (_lock)
        {
            _calibration.AddRange(from batch in batches where batch.Elapsed > TimeSpan.Zero select (batch.Work, batch.Elapsed.TotalSeconds));
            if (_calibration.Count > 0)
            {
                FitShape();
            }
        }
    }

    /// <summary>Learns from a real batch.</summary>
    public void Observe(Work work, TimeSpan elapsed)
    {
        double seconds = elapsed.TotalSeconds;
        if (seconds <= 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_calibration.Count == 0)
            {
                _calibration.Add((work, seconds));
                FitShape();
                return;
            }

            double predicted = Terms.Seconds(work);
            Volatile.Write(ref _error, (Memory * _error) + ((1 - Memory) * Math.Abs(predicted - seconds) / seconds));
            Follow(work, Math.Clamp(seconds, predicted / mostSurprise, predicted * mostSurprise));
        }
    }

    private void FitShape()
    {
        // In units of which one is a term that alone makes up the mean time, coefficients are shares.
        for (int i = 0; i < 3; i++)
        {
            _scale[i] = 1 / _calibration.Average(batch => Feature(batch.Work, i) / batch.Seconds);
        }

        var fit = new NonNegativeFit();
        Span<double> u = stackalloc double[3];
        double sum = 0, sumOfSquares = 0;
        foreach ((Work work, double seconds) in _calibration)
        {
            Relative(work, seconds, u);
            fit.Add(u, 1);
            (sum, sumOfSquares) = (sum + u[1], sumOfSquares + (u[1] * u[1]));
        }

        // Where terms cannot be told apart, tokens are what costs.
        Span<double> share = stackalloc double[3];
        fit.Solve([0, sum / sumOfSquares, 0], CalibrationWeight * _calibration.Count, share);
        _shape = new(share[0] * _scale[0], share[1] * _scale[1], share[2] * _scale[2]);
        Publish(_shape);

        // From here on a coefficient of one is what warm-up found.
        for (int i = 0; i < 3; i++)
        {
            _prior[i] = Math.Min(1, share[i] / SmallestShare);
            _scale[i] *= Math.Max(share[i], SmallestShare);
        }

        _recent = new NonNegativeFit();
        (_speedSum, _speedWeight) = (1, 1);
    }

    private void Follow(Work work, double seconds)
    {
        double byShape = _shape.Seconds(work);
        Span<double> u = stackalloc double[3];
        Relative(work, byShape, u);
        double ratio = seconds / byShape;
        _recent.Add(u, ratio, Memory);
        _speedSum = (Memory * _speedSum) + ratio;
        _speedWeight = (Memory * _speedWeight) + 1;

        double speed = _speedSum / _speedWeight;
        Span<double> phi = stackalloc double[3];
        _recent.Solve([speed * _prior[0], speed * _prior[1], speed * _prior[2]], ShapeWeight, phi);
        Publish(new(phi[0] * _scale[0], phi[1] * _scale[1], phi[2] * _scale[2]));
    }

    private void Relative(Work work, double seconds, Span<double> u)
    {
        for (int i = 0; i < 3; i++)
        {
            u[i] = _scale[i] * Feature(work, i) / seconds;
        }
    }

    private static double Feature(Work work, int term) => term switch { 0 => 1, 1 => work.Tokens, _ => work.Squares };

    private void Publish(CostTerms terms)
    {
        Volatile.Write(ref _fixed, terms.Fixed);
        Volatile.Write(ref _perToken, terms.PerToken);
        Volatile.Write(ref _perSquare, terms.PerSquare);
    }
}
