using System.Diagnostics;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Tests.Simd;

/// <summary>The switches that a process reads once, each in a process of its own (see <see cref="SimdProbe"/>).</summary>
public sealed class SimdProcessTests
{
    [Fact]
    public async Task Variable_256_RunsEverythingAt256()
    {
        (int exitCode, string output, string error) = await ProbeAsync(SimdSelection.Variable, "256");
        if (SimdSelection.Available.Contains(SimdPath.Vector256))
        {
            Assert.Equal("", error);
            Assert.Contains("path:Vector256 ", output, StringComparison.Ordinal);
            Assert.EndsWith(" same", output, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(1, exitCode);
            Assert.Contains("ENDPOINTS_SIMD=256 cannot be used here", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EnableAvx512_Zero_IsReallyOffAndTheNextWidthRuns()
    {
        (_, string output, string error) = await ProbeAsync("DOTNET_EnableAVX512", "0");
        Assert.Equal("", error);
        Assert.StartsWith("512:False ", output, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(SimdPath.Vector512), output, StringComparison.Ordinal);
        Assert.Contains($"path:{SimdSelection.Available.First(path => path != SimdPath.Vector512)} ", output, StringComparison.Ordinal);
        Assert.EndsWith(" same", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variable_UnknownName_EndsWithOneSentenceThatListsWhatIsAvailable()
    {
        (int exitCode, string output, string error) = await ProbeAsync(SimdSelection.Variable, "avx1024");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("ENDPOINTS_SIMD=avx1024 cannot be used here: expected one of ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> ProbeAsync(string variable, string value)
    {
        string assembly = typeof(SimdProbe).Assembly.Location;
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", assembly])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove(SimdSelection.Variable);
        start.Environment[variable] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output).Trim(), (await error).Trim());
    }
}
