using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Tests.Simd;

public sealed class SimdSelectionTests
{
    [Fact]
    public void Available_AnyProcessor_IsWidestFirstAndEndsWithScalar()
    {
        Assert.Equal(SimdSelection.Available.OrderByDescending(path => (int)path), SimdSelection.Available);
        Assert.Equal(SimdPath.Scalar, SimdSelection.Available[^1]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Choose_NothingForced_TakesTheWidest(string? forced) => Assert.Equal(SimdSelection.Available[0], SimdSelection.Choose(forced));

    [Theory]
    [InlineData("scalar", SimdPath.Scalar)]
    [InlineData("Scalar", SimdPath.Scalar)]
    [InlineData("128", SimdPath.Vector128)]
    [InlineData("256", SimdPath.Vector256)]
    [InlineData("512", SimdPath.Vector512)]
    public void Choose_ForcedByName_TakesItOrSaysThatItIsMissing(string forced, SimdPath path)
    {
        if (SimdSelection.Available.Contains(path))
        {
            Assert.Equal(path, SimdSelection.Choose(forced));
        }
        else
        {
            Assert.Throws<PlatformNotSupportedException>(() => SimdSelection.Choose(forced));
        }
    }

    [Theory]
    [InlineData("avx2")]
    [InlineData("1024")]
    [InlineData(" 256")]
    public void Choose_UnknownName_SaysWhatIsAvailable(string forced)
    {
        string message = Assert.Throws<PlatformNotSupportedException>(() => SimdSelection.Choose(forced)).Message;
        Assert.Contains($"ENDPOINTS_SIMD={forced} cannot be used", message, StringComparison.Ordinal);
        Assert.Contains("scalar", message, StringComparison.Ordinal);
        foreach (SimdPath path in SimdSelection.Available.Where(path => path != SimdPath.Scalar))
        {
            Assert.Contains($"{(int)path}", message, StringComparison.Ordinal);
        }
    }
}
