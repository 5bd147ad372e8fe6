namespace Endpoints.Compute.Tests.Support;

/// <summary>Comparisons that fail on NaN: a value that is not a number, or infinite, must be so on both sides.</summary>
internal static class Near
{
    public static bool Holds(double expected, float actual, double tolerance) =>
        double.IsFinite(expected) ? Math.Abs(actual - expected) <= tolerance : expected.Equals((double)actual);

    /// <summary>Fails unless the values agree; <paramref name="what"/> is asked only then, so that millions of checks stay cheap.</summary>
    public static void Check(double expected, float actual, double tolerance, Func<string> what)
    {
        if (!Holds(expected, actual, tolerance))
        {
            Assert.Fail($"{what()}: expected {expected:G9}, found {actual:G9}, off by {Math.Abs(actual - expected):G3}, allowed {tolerance:G3}.");
        }
    }

    public static void Check(double expected, float actual, double tolerance, string what) => Check(expected, actual, tolerance, () => what);

    public static void Check(double[,] expected, TestMatrix actual, Func<int, int, double> tolerance, string what)
    {
        Assert.Equal((expected.GetLength(0), expected.GetLength(1)), (actual.Rows, actual.Columns));
        for (int row = 0; row < actual.Rows; row++)
        {
            for (int column = 0; column < actual.Columns; column++)
            {
                (int r, int c) = (row, column);
                Check(expected[row, column], actual[row, column], tolerance(row, column), () => $"{what} [{r}, {c}]");
            }
        }
    }

    public static void Check(double[,] expected, TestMatrix actual, double absolute, double relative, string what) =>
        Check(expected, actual, (row, column) => absolute + (relative * Math.Abs(expected[row, column])), what);
}
