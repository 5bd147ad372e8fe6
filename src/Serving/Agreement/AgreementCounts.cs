namespace Endpoints.Serving.Agreement;

/// <summary>What one endpoint's sampled rows have shown since it is served, against the reference that it has now.</summary>
internal sealed class AgreementCounts
{
    /// <summary>Quantile of the normal distribution for 95 %.</summary>
    private const double Z = 1.96;

    private readonly Lock _lock = new();
    private string? _reference;
    private long _rows;
    private long _agreed;
    private double _drift;

    /// <summary>Adds a row. Against another reference than before, counting starts anew.</summary>
    public void Add(string reference, bool agrees, double drift)
    {
        lock (_lock)
        {
            if (_reference != reference)
            {
                (_reference, _rows, _agreed, _drift) = (reference, 0, 0, 0);
            }

            _rows++;
            _agreed += agrees ? 1 : 0;
            _drift += drift;
        }
    }

    /// <summary>How things stand against a reference.</summary>
    public AgreementDescription Describe(string reference)
    {
        lock (_lock)
        {
            if (_reference != reference)
            {
                return new AgreementDescription(reference, 0);
            }

            (double low, double high) = Wilson(_agreed, _rows);
            return new AgreementDescription(reference, _rows) { Share = (double)_agreed / _rows, Low = low, High = high, Drift = _drift / _rows };
        }
    }

    /// <summary>The interval of a share in which it truly lies with 95 %.</summary>
    public static (double Low, double High) Wilson(long hits, long trials)
    {
        double n = trials, p = hits / n;
        double center = p + (Z * Z / (2 * n)), spread = Z * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4 * n * n)));
        double scale = 1 + (Z * Z / n);
        return (Math.Max(0, (center - spread) / scale), Math.Min(1, (center + spread) / scale));
    }
}

/// <summary>What <c>GET /endpoints</c> says of an endpoint's agreement.</summary>
/// <param name="Reference">The endpoint that it is compared with.</param>
/// <param name="Rows">Rows that both have answered.</param>
internal sealed record AgreementDescription(string Reference, long Rows)
{
    /// <summary>Share of them with the same label; null before the first.</summary>
    public double? Share { get; init; }

    /// <summary>Where the share lies with 95 % (Wilson).</summary>
    public double? Low { get; init; }

    /// <summary>Where the share lies with 95 % (Wilson).</summary>
    public double? High { get; init; }

    /// <summary>Mean of |p − q|: what the two say how probable the reference's label is.</summary>
    public double? Drift { get; init; }
}
