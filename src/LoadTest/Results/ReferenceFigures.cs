using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>Scores of a stage's answers beside those of the reference.</summary>
/// <param name="Compared">Answers compared.</param>
/// <param name="Beyond">Those with a score further off than the tolerance, which count as wrong.</param>
/// <param name="Worst">The largest difference of a score.</param>
public sealed record ReferenceFigures(long Compared, long Beyond, double Worst)
{
    /// <summary>Share beyond the tolerance, 0 to 1.</summary>
    public double BeyondShare => Compared == 0 ? 0 : (double)Beyond / Compared;

    internal static ReferenceFigures? From(Recorder counts) => counts.Compared == 0 ? null : new ReferenceFigures(counts.Compared, counts.Beyond, counts.Worst);

    internal static ReferenceFigures? Sum(IEnumerable<ReferenceFigures?> parts)
    {
        ReferenceFigures[] all = [.. parts.OfType<ReferenceFigures>()];
        return all.Length == 0 ? null : new ReferenceFigures(all.Sum(part => part.Compared), all.Sum(part => part.Beyond), all.Max(part => part.Worst));
    }
}
