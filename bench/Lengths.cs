namespace Endpoints.Bench;

/// <summary>Sequence lengths like those of RTE's pairs in tokens: log-normal with a mean of about 64, between 10 and 256.</summary>
internal static class Lengths
{
    private const double Mean = 64, Spread = 0.55;

    public static int[] Draw(int count)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return (int)Math.Clamp(Math.Exp(Math.Log(Mean) - (Spread * Spread / 2) + (Spread * normal)), 10, 256);
        })];
    }
}
