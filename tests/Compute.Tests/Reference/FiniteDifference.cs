namespace Endpoints.Compute.Tests.Reference;

/// <summary>Slopes by central differences: what an analytic gradient is held to.</summary>
internal static class FiniteDifference
{
    private const double Step = 1e-5;

    /// <summary>Fails unless <paramref name="gradient"/> is the slope of <paramref name="function"/> in every entry of <paramref name="x"/>, which it reads.</summary>
    public static void Check(Func<double> function, double[,] x, double[,] gradient, string what)
    {
        for (int row = 0; row < x.GetLength(0); row++)
        {
            for (int column = 0; column < x.GetLength(1); column++)
            {
                double kept = x[row, column];
                x[row, column] = kept + Step;
                double above = function();
                x[row, column] = kept - Step;
                double below = function();
                x[row, column] = kept;
                double slope = (above - below) / (2 * Step);
                Assert.True(Math.Abs(slope - gradient[row, column]) <= 1e-8 * (1 + Math.Abs(slope)), $"{what} [{row}, {column}]: slope {slope:G9}, gradient {gradient[row, column]:G9}");
            }
        }
    }
}
