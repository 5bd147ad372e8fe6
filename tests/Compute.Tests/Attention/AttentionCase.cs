using Endpoints.Compute.Attention;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Linear;
using Endpoints.Compute.Tests.Reference;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Tiles;
using Endpoints.Compute.Training;

namespace Endpoints.Compute.Tests.Attention;

/// <summary>A ragged batch with Q, K, V and the context's gradient, run through the kernels and through the oracle.</summary>
internal sealed unsafe class AttentionCase : IDisposable
{
    private readonly int _heads;
    private readonly int _headSize;
    private readonly int[] _queryOffsets;
    private readonly int[] _keyOffsets;
    private readonly Dropout _dropout;
    private readonly int _maxLength;

    /// <param name="lengths">Tokens of each sequence.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="oneQuery">One query row a sequence, as in a classifier's last layer, and not one a token.</param>
    /// <param name="gap">Floats between rows, as where heads are a prefix.</param>
    /// <param name="rate">Dropout rate of the probabilities.</param>
    public AttentionCase(int[] lengths, int heads, int headSize, bool oneQuery = false, int gap = 0, float rate = 0)
    {
        (_heads, _headSize) = (heads, headSize);
        _keyOffsets = Offsets(lengths);
        _queryOffsets = oneQuery ? Offsets([.. lengths.Select(_ => 1)]) : _keyOffsets;
        _dropout = new Dropout(rate, 77);
        _maxLength = lengths.Max() + 3;
        var random = new Random(lengths.Sum() + heads + headSize);
        TestMatrix Make(int rows) => TestMatrix.Random(random, rows, heads * headSize, gap, offset: gap, scale: 2);
        (Q, K, V, Gradient) = (Make(_queryOffsets[^1]), Make(_keyOffsets[^1]), Make(_keyOffsets[^1]), Make(_queryOffsets[^1]));
    }

    private delegate double[][,] Oracle(double[,] q, double[,] k, double[,] v, double[,] mask, double[,] gradient);

    public TestMatrix Q { get; }

    public TestMatrix K { get; }

    public TestMatrix V { get; }

    public TestMatrix Gradient { get; }

    public TestMatrix Forward(ThreadTeam team, SimdPath path)
    {
        var context = new TestMatrix(Q.Rows, Q.Columns, Q.View.Stride - Q.Columns);
        using var scratch = new AttentionScratch(team.Size, _maxLength, _headSize);
        fixed (int* queries = _queryOffsets, keys = _keyOffsets)
        {
            var shape = new AttentionShape(_keyOffsets.Length - 1, _heads, _headSize, queries, keys);
            AttentionForward.Run(
                team, shape, Activations.Of(Q.View), Activations.Of(K.View), Activations.Of(V.View), Activations.Of(context.View), scratch, _dropout,
                TileSelection.Find(Precision.Float32, null, path)!, path);
        }

        return context;
    }

    /// <summary>The forward in bfloat16, on operands that are rounded first so that the oracle sees the same ones.</summary>
    public TestMatrix ForwardBFloat16(ThreadTeam team, TilePath tiles, SimdPath path)
    {
        using ActivationBuffer q = new(), k = new(), v = new(), context = new();
        Activations Rounded(ActivationBuffer buffer, TestMatrix matrix)
        {
            Activations rounded = buffer.Matrix(Precision.BFloat16, matrix.Rows, matrix.Columns);
            ActivationConversion.Run(team, Activations.Of(matrix.View), rounded);
            double[,] values = RoundedMatrix.Decode(rounded);
            for (int row = 0; row < matrix.Rows; row++)
            {
                for (int column = 0; column < matrix.Columns; column++)
                {
                    matrix[row, column] = (float)values[row, column];
                }
            }

            return rounded;
        }

        Activations output = context.Matrix(Precision.BFloat16, Q.Rows, Q.Columns);
        using var scratch = new AttentionScratch(team.Size, _maxLength, _headSize);
        fixed (int* queries = _queryOffsets, keys = _keyOffsets)
        {
            var shape = new AttentionShape(_keyOffsets.Length - 1, _heads, _headSize, queries, keys);
            AttentionForward.Run(
                team, shape, Rounded(q, Q), Rounded(k, K), Rounded(v, V), output, scratch, default, TileKernels.TryCreate(Precision.BFloat16, tiles, path)!, path);
        }

        var result = new TestMatrix(Q.Rows, Q.Columns);
        double[,] decoded = RoundedMatrix.Decode(output);
        for (int row = 0; row < Q.Rows; row++)
        {
            for (int column = 0; column < Q.Columns; column++)
            {
                result[row, column] = (float)decoded[row, column];
            }
        }

        return result;
    }

    public TestMatrix[] Backward(ThreadTeam team, SimdPath path)
    {
        TestMatrix Like(TestMatrix matrix) => new(matrix.Rows, matrix.Columns, matrix.View.Stride - matrix.Columns);
        TestMatrix[] gradients = [Like(Q), Like(K), Like(V)];
        using var scratch = new AttentionScratch(team.Size, _maxLength, _headSize, backward: true);
        fixed (int* queries = _queryOffsets, keys = _keyOffsets)
        {
            var shape = new AttentionShape(_keyOffsets.Length - 1, _heads, _headSize, queries, keys);
            AttentionBackward.Run(
                team, shape, Q.View, K.View, V.View, Gradient.View, gradients[0].View, gradients[1].View, gradients[2].View, scratch, _dropout, path);
        }

        return gradients;
    }

    public double[,] ExpectedForward() => Expect((q, k, v, mask, _) => [ReferenceAttention.Forward(q, k, v, mask)], [_queryOffsets])[0];

    public double[][,] ExpectedBackward() => Expect(
        (q, k, v, mask, gradient) =>
        {
            (double[,] dq, double[,] dk, double[,] dv) = ReferenceAttention.Backward(q, k, v, mask, gradient);
            return [dq, dk, dv];
        },
        [_queryOffsets, _keyOffsets, _keyOffsets]);

    public void Dispose()
    {
        foreach (TestMatrix matrix in (TestMatrix[])[Q, K, V, Gradient])
        {
            matrix.Dispose();
        }
    }

    private static int[] Offsets(int[] lengths)
    {
        var offsets = new int[lengths.Length + 1];
        for (int i = 0; i < lengths.Length; i++)
        {
            offsets[i + 1] = offsets[i] + lengths[i];
        }

        return offsets;
    }

    /// <summary>Runs the oracle on every sequence and head, and puts the results where the kernel would.</summary>
    private double[][,] Expect(Oracle oracle, int[][] resultOffsets)
    {
        double[][,] results = [.. resultOffsets.Select(offsets => new double[offsets[^1], _heads * _headSize])];
        for (int item = 0; item < (_keyOffsets.Length - 1) * _heads; item++)
        {
            int sequence = item / _heads;
            double[,] q = Slice(Q, _queryOffsets, item), k = Slice(K, _keyOffsets, item);
            double[][,] parts = oracle(q, k, Slice(V, _keyOffsets, item), Mask(item, q.GetLength(0), k.GetLength(0)), Slice(Gradient, _queryOffsets, item));
            for (int i = 0; i < parts.Length; i++)
            {
                for (int row = 0; row < parts[i].GetLength(0); row++)
                {
                    for (int column = 0; column < _headSize; column++)
                    {
                        results[i][resultOffsets[i][sequence] + row, (item % _heads * _headSize) + column] = parts[i][row, column];
                    }
                }
            }
        }

        return results;
    }

    private double[,] Slice(TestMatrix matrix, int[] offsets, int item)
    {
        int sequence = item / _heads;
        var slice = new double[offsets[sequence + 1] - offsets[sequence], _headSize];
        for (int row = 0; row < slice.GetLength(0); row++)
        {
            for (int column = 0; column < _headSize; column++)
            {
                slice[row, column] = matrix[offsets[sequence] + row, (item % _heads * _headSize) + column];
            }
        }

        return slice;
    }

    /// <summary>What dropout multiplies each probability by: what it makes of ones.</summary>
    private double[,] Mask(int item, int rows, int columns)
    {
        var mask = new double[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            using var ones = new TestMatrix(1, columns);
            new Span<float>(ones.Data, columns).Fill(1);
            _dropout.Apply(ones.Data, columns, ((long)(item / _heads) << 32) + ((item % _heads) << 20) + row);
            for (int column = 0; column < columns; column++)
            {
                mask[row, column] = ones[0, column];
            }
        }

        return mask;
    }
}
