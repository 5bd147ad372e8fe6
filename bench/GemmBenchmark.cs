using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Measurement;
using Endpoints.Compute.Threads;

namespace Endpoints.Bench;

/// <summary>Matrix products of BERT-base's shapes, as a share of the float32 peak measured in the same run.</summary>
internal static unsafe class GemmBenchmark
{
    private static readonly (int M, int N, int K)[] Shapes =
        [(504, 3072, 768), (504, 768, 3072), (504, 768, 768), (64, 768, 768), (64, 3072, 768), (16, 768, 768), (1, 768, 768), (400, 128, 128), (24, 512, 128)];

    public static void Run()
    {
        Console.WriteLine($"{"m",5} {"n",5} {"k",5} {"threads",8} {"GFLOP/s",9} {"peak",7} {"share",7}");
        foreach (int threads in (int[])[1, Environment.ProcessorCount])
        {
            using var team = new ThreadTeam(threads);
            foreach (var (m, n, k) in Shapes)
            {
                using var a = new FloatBuffer((long)m * k);
                using var c = new FloatBuffer((long)m * n);
                using var b = new PackedMatrix(k, n);
                var random = new Random(1);
                Fill(a.Span, random);
                var weight = new float[n * k];
                Fill(weight, random);
                b.PackTransposed(weight);
                var left = LeftView.Of(new MatrixView(a.Pointer, m, k));
                var target = new MatrixView(c.Pointer, m, n);
                double work = 2.0 * m * n * k;
                double peak = 0;
                double seconds = Measure.Median(() => Gemm.Multiply(team, left, b.View, target), () => peak = Math.Max(peak, ProcessorPeak.MeasureFloat32(team, 1)));
                double rate = work / seconds / 1e9;
                Console.WriteLine($"{m,5} {n,5} {k,5} {threads,8} {rate,9:F1} {peak,7:F1} {rate / peak,7:P1}");
            }
        }
    }

    private static void Fill(Span<float> values, Random random)
    {
        foreach (ref float value in values)
        {
            value = random.NextSingle() - 0.5f;
        }
    }
}
