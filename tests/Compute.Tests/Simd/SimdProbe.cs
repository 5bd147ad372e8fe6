using System.Runtime.Intrinsics;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Gemm;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Simd;

/// <summary>
/// What a process of its own reports, for switches that only a new process can read: <c>dotnet exec Endpoints.Compute.Tests.dll</c>.
/// Its one line of output is the widths that the runtime accelerates, the path in use, and the outcome of a product on that path.
/// </summary>
internal static class SimdProbe
{
    public static unsafe int Main()
    {
        try
        {
            // The public entry points, which take the selected path, must give what that path gives by name.
            var random = new Random(1);
            using var team = new ThreadTeam(1);
            using TestMatrix a = TestMatrix.Random(random, 13, 40), c = new(13, 33), named = new(13, 33), bias = TestMatrix.Random(random, 1, 33);
            using PackedMatrix b = GemmCase.Packed(random, 40, 33);
            Compute.Gemm.Gemm.Multiply(team, LeftView.Of(a.View), b.View, c.View, new AddBiasGelu(bias.Data));
            Compute.Gemm.Gemm.Run(team, LeftView.Of(a.View), b.View, named.View, add: false, new AddBiasGelu(bias.Data), SimdSelection.Path);
            GemmCase.Random(random, 13, 33, 40).CheckAgainstOracle(SimdSelection.Path);
            string same = c.Bits().AsSpan().SequenceEqual(named.Bits()) ? "same" : "different";
            Console.WriteLine(
                $"512:{Vector512.IsHardwareAccelerated} 256:{Vector256.IsHardwareAccelerated} path:{SimdSelection.Path} available:{string.Join(',', SimdSelection.Available)} {same}");
            return 0;
        }
        catch (PlatformNotSupportedException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }
}
