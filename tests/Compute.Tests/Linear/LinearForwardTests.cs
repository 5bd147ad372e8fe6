using Endpoints.Compute.Gemm;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute.Tests.Linear;

public sealed unsafe class LinearForwardTests : IDisposable
{
    private readonly ThreadTeam _team = new(2);
    private readonly ActivationBuffer _input = new(), _output = new();

    /// <summary>Every precision by every path that this machine can run it on.</summary>
    public static TheoryData<Precision, TilePath, SimdPath> Kernels
    {
        get
        {
            var cases = new TheoryData<Precision, TilePath, SimdPath>();
            foreach (Precision precision in Enum.GetValues<Precision>())
            {
                foreach (TilePath path in Enum.GetValues<TilePath>())
                {
                    foreach (SimdPath width in SimdSelection.Available)
                    {
                        if (TileKernels.TryCreate(precision, path, width) is not null)
                        {
                            cases.Add(precision, path, width);
                        }
                    }
                }
            }

            return cases;
        }
    }

    public void Dispose()
    {
        _team.Dispose();
        _input.Dispose();
        _output.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_OddShapes_MatchOracle(Precision precision, TilePath path, SimdPath width)
    {
        int[] depths = [1, 2, 3, 5, 31, 64, 101];
        for (int rows = 1; rows <= 26; rows++)
        {
            foreach (int columns in (int[])[1, 15, 16, 17, 32, 33, 70])
            {
                Check(precision, path, width, rows, columns, depths[(rows + columns) % depths.Length], depths[(rows + columns) % depths.Length], columns);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_PrefixOfInputsAndOutputs_MatchesOracle(Precision precision, TilePath path, SimdPath width)
    {
        Check(precision, path, width, 5, 33, 7, 64, 100);
        Check(precision, path, width, 14, 20, 385, 400, 32);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_LargeEnoughToBeFetchedAhead_MatchesOracle(Precision precision, TilePath path, SimdPath width)
    {
        Check(precision, path, width, 3, 520, 1100, 1100, 520);
        Check(precision, path, width, 30, 520, 1100, 1100, 520);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Run_AnyNeighboursAndThreads_SameBits(Precision precision, TilePath path, SimdPath width)
    {
        TileKernels kernels = TileKernels.TryCreate(precision, path, width)!;
        const int rows = 29, depth = 203, columns = 97;
        var random = new Random(5);
        var weights = new PackedWeights(precision, depth, columns, Values(random, depth * columns));
        Activations input = RoundedMatrix.Random(_input, random, precision, rows, depth, _team);
        float[] whole = Product(kernels, width, input, weights, _team);
        for (int first = 0; first < rows; first += 3)
        {
            int count = Math.Min(rows - first, 1 + (first % 5));
            var some = new Activations(precision, input.Row(first), count, depth, input.RowBytes, input.Scales is null ? null : input.Scales + (2 * first));
            using var alone = new ThreadTeam(1 + (first % 3));
            Assert.True(whole.AsSpan(first * columns, count * columns).SequenceEqual(Product(kernels, width, some, weights, alone)));
        }
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    [InlineData(Precision.Int8)]
    public void Run_ThreeLayersAtOnce_EqualsOneByOne(Precision precision)
    {
        var random = new Random(8);
        Activations input = RoundedMatrix.Random(_input, random, precision, 17, 64, _team);
        using ActivationBuffer a = new(), b = new(), c = new();
        PackedWeights[] weights = [.. new[] { 40, 96, 7 }.Select(columns => new PackedWeights(precision, 64, columns, Values(random, 64 * columns)))];
        ActivationBuffer[] buffers = [a, b, c];
        LinearLayer<NoEpilogue>[] layers = [.. weights.Select((weight, i) => new LinearLayer<NoEpilogue>(input, weight.View, buffers[i].Matrix(Precision.BFloat16, 17, weight.Columns), default))];
        LinearForward.Run(_team, layers[0], layers[1], layers[2]);
        foreach (LinearLayer<NoEpilogue> layer in layers)
        {
            Activations alone = _output.Matrix(Precision.BFloat16, 17, layer.Weights.Columns);
            LinearForward.Run(_team, new LinearLayer<NoEpilogue>(input, layer.Weights, alone, default));
            Assert.Equal(RoundedMatrix.Decode(alone), RoundedMatrix.Decode(layer.Output));
        }
    }

    [Fact]
    public void Run_RowThatIsNotFinite_SpoilsItsOwnOutputsOnly()
    {
        using TestMatrix values = TestMatrix.Random(new Random(1), 3, 40);
        values[1, 33] = float.NaN;
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            Activations input = _input.Matrix(precision, 3, 40);
            ActivationConversion.Run(_team, Activations.Of(values.View), input);
            var weights = new PackedWeights(precision, 40, 8, Values(new Random(2), 320));
            float[] product = Product(TileSelection.Of(precision), SimdSelection.Path, input, weights, _team);
            Assert.All(product[..8], value => Assert.True(float.IsFinite(value)));
            Assert.All(product[8..16], value => Assert.True(float.IsNaN(value)));
            Assert.All(product[16..], value => Assert.True(float.IsFinite(value)));
        }
    }

    [Fact]
    public void Run_ShapesOrPrecisionsThatDoNotFit_AreRefused()
    {
        var weights = new PackedWeights(Precision.BFloat16, 8, 4, new float[32]);
        Activations input = _input.Matrix(Precision.BFloat16, 2, 7), wrong = _input.Matrix(Precision.Float32, 2, 8), output = _output.Matrix(Precision.Float32, 2, 4);
        Assert.Contains("2 × 7", Assert.Throws<ArgumentException>(() => LinearForward.Run(_team, new LinearLayer<NoEpilogue>(input, weights.View, output, default))).Message, StringComparison.Ordinal);
        Assert.Contains("Float32", Assert.Throws<ArgumentException>(() => LinearForward.Run(_team, new LinearLayer<NoEpilogue>(wrong, weights.View, output, default))).Message, StringComparison.Ordinal);
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];

    private float[] Product(TileKernels kernels, SimdPath width, Activations input, PackedWeights weights, ThreadTeam team)
    {
        Activations output = _output.Matrix(Precision.Float32, input.Rows, weights.Columns);
        LinearForward.Run(team, new LinearLayer<NoEpilogue>(input, weights.View, output, default), null, null, kernels, width);
        return [.. RoundedMatrix.Decode(output).Cast<double>().Select(value => (float)value)];
    }

    /// <summary>A layer with bias and residual over a prefix of weights, into float32 and bfloat16.</summary>
    private void Check(Precision precision, TilePath path, SimdPath width, int rows, int columns, int depth, int allDepth, int allColumns)
    {
        TileKernels kernels = TileKernels.TryCreate(precision, path, width)!;
        var random = new Random((rows * 1000) + columns);
        float[] weight = Values(random, allDepth * Math.Max(allColumns, columns));
        var packed = new PackedWeights(precision, allDepth, Math.Max(allColumns, columns), weight);
        WeightsView view = packed.Prefix(depth, columns);
        Activations input = RoundedMatrix.Random(_input, random, precision, rows, depth, _team);
        double[,] a = RoundedMatrix.Decode(input);
        double[][] b = [.. Enumerable.Range(0, columns).Select(column => RoundedMatrix.Round(precision, weight.AsSpan(column * allDepth, allDepth)))];
        using TestMatrix bias = TestMatrix.Random(random, 1, columns), residual = TestMatrix.Random(random, rows, columns, gap: 2);
        foreach (Precision stored in (Precision[])[Precision.Float32, Precision.BFloat16])
        {
            Activations output = _output.Matrix(stored, rows, columns);
            LinearForward.Run(_team, new LinearLayer<AddBiasResidual>(input, view, output, new(bias.Data, residual.View)), null, null, kernels, width);
            double[,] found = RoundedMatrix.Decode(output);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    double sum = 0, size = 0;
                    for (int k = 0; k < depth; k++)
                    {
                        sum += a[row, k] * b[column][k];
                        size += Math.Abs(a[row, k] * b[column][k]);
                    }

                    double expected = sum + bias[0, column] + residual[row, column];
                    double tolerance = (3e-6 * (size + 3)) + (stored == Precision.BFloat16 ? Math.Abs(expected) / 250 : 0);
                    (int r, int c) = (row, column);
                    Near.Check(expected, (float)found[row, column], tolerance, () => $"{precision} {path} {width}, {rows} × {columns} × {depth}, [{r}, {c}]");
                }
            }
        }
    }
}
