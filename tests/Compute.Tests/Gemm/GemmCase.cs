using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Reference;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Gemm;

/// <summary>How the right operand lies in memory.</summary>
internal enum RightKind
{
    Packed,
    PackedFromTransposed,
    PackedPrefix,
    Unpacked,
}

/// <summary>What finishes the product.</summary>
internal enum Finish
{
    Nothing,
    Add,
    Bias,
    BiasGelu,
    BiasTanh,
    BiasResidual,
    BiasGeluKeepInput,
}

/// <summary>One product with operands of some kind, held to the oracle.</summary>
internal sealed unsafe record GemmCase(int Seed, int Rows, int Columns, int Depth, bool LeftTransposed, RightKind Right, Finish Finish, int Gap, int Offset, int TeamSize)
{
    /// <summary>Row, depth index and value of one element of A.</summary>
    public (int Row, int Depth, float Value)? SpecialInA { get; init; }

    /// <summary>Depth index, column and value of one element of B.</summary>
    public (int Depth, int Column, float Value)? SpecialInB { get; init; }

    /// <summary>A shape, with everything else drawn at random.</summary>
    public static GemmCase Random(Random random, int rows, int columns, int depth) => new(
        random.Next(), rows, columns, depth, random.Next(2) == 0, (RightKind)random.Next(4), (Finish)random.Next(7), random.Next(4), random.Next(4), random.Next(1, 4));

    public static PackedMatrix Packed(Random random, int depth, int columns) => Packed(random, depth, columns, out _);

    public static PackedMatrix Packed(Random random, int depth, int columns, out float[] values)
    {
        values = [.. Enumerable.Range(0, depth * columns).Select(_ => (2 * random.NextSingle()) - 1)];
        var packed = new PackedMatrix(depth, columns);
        packed.Pack(values);
        return packed;
    }

    public static double[,] Matrix(float[] values, int rows, int columns)
    {
        var matrix = new double[rows, columns];
        for (int i = 0; i < values.Length; i++)
        {
            matrix[i / columns, i % columns] = values[i];
        }

        return matrix;
    }

    public void CheckAgainstOracle(SimdPath path)
    {
        var random = new Random(Seed);
        using var team = new ThreadTeam(TeamSize);
        using TestMatrix a = TestMatrix.Random(random, Rows, Depth, Gap, Offset), b = TestMatrix.Random(random, Depth, Columns, Gap, Offset);
        using TestMatrix c = TestMatrix.Random(random, Rows, Columns, Gap, Offset), bias = TestMatrix.Random(random, 1, Columns, 0, Offset);
        using TestMatrix residual = TestMatrix.Random(random, Rows, Columns, Gap, Offset), input = new(Rows, Columns, Gap, Offset);
        Plant(a, b);
        (double[,] expected, double[,] magnitude) = ReferenceGemm.Multiply(a.ToDouble(), b.ToDouble());
        Expect(expected, c, bias, residual);
        using TestMatrix left = LeftTransposed ? Transposed(a) : a.Copy();
        using PackedMatrix? packed = Pack(b, random);
        RightView right = packed is null ? RightView.Of(b.View) : packed.Prefix(Depth, Columns);
        Multiply(team, LeftTransposed ? LeftView.Transposed(left.View) : LeftView.Of(left.View), right, c.View, bias.Data, residual.View, input.View, path);

        // GELU and tanh have slopes below 1.13 and errors of their own below 1e-6 for the sizes that occur here.
        double Tolerance(int row, int column) => double.IsFinite(magnitude[row, column]) ? 2e-6 + (1e-6 * magnitude[row, column]) : 0;
        Near.Check(Finished(expected), c, Tolerance, $"{this}, {path}");
        c.CheckGuards();
        input.CheckGuards();
        if (Finish == Finish.BiasGeluKeepInput)
        {
            Near.Check(expected, input, Tolerance, $"kept input of {this}, {path}");
        }
    }

    private void Plant(TestMatrix a, TestMatrix b)
    {
        if (SpecialInA is { } inA)
        {
            a[inA.Row, inA.Depth] = inA.Value;
        }

        if (SpecialInB is { } inB)
        {
            b[inB.Depth, inB.Column] = inB.Value;
        }
    }

    /// <summary>Adds to the product what precedes its function.</summary>
    private void Expect(double[,] expected, TestMatrix c, TestMatrix bias, TestMatrix residual)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                expected[row, column] += Finish switch
                {
                    Finish.Nothing => 0,
                    Finish.Add => c[row, column],
                    Finish.BiasResidual => bias[0, column] + (double)residual[row, column],
                    _ => bias[0, column],
                };
            }
        }
    }

    private double[,] Finished(double[,] before)
    {
        var after = new double[Rows, Columns];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                double x = before[row, column];
                after[row, column] = Finish switch
                {
                    Finish.BiasGelu or Finish.BiasGeluKeepInput => ReferenceFunctions.Gelu(x),
                    Finish.BiasTanh => Math.Tanh(x),
                    _ => x,
                };
            }
        }

        return after;
    }

    private static TestMatrix Transposed(TestMatrix a)
    {
        var transposed = new TestMatrix(a.Columns, a.Rows, a.View.Stride - a.Columns);
        for (int row = 0; row < a.Rows; row++)
        {
            for (int column = 0; column < a.Columns; column++)
            {
                transposed[column, row] = a[row, column];
            }
        }

        return transposed;
    }

    /// <summary>Null for an operand that is read in place.</summary>
    private PackedMatrix? Pack(TestMatrix b, Random random)
    {
        if (Right == RightKind.Unpacked)
        {
            return null;
        }

        // A prefix of something larger must read as if the rest were not there: the rest is NaN.
        int depth = Depth + (Right == RightKind.PackedPrefix ? random.Next(1, 40) : 0), columns = Columns + (Right == RightKind.PackedPrefix ? random.Next(1, 70) : 0);
        var packed = new PackedMatrix(depth, columns);
        bool transposed = Right == RightKind.PackedFromTransposed;
        var values = new float[depth * columns];
        Array.Fill(values, float.NaN);
        for (int k = 0; k < Depth; k++)
        {
            for (int column = 0; column < Columns; column++)
            {
                values[transposed ? (column * depth) + k : (k * columns) + column] = b[k, column];
            }
        }

        if (transposed)
        {
            packed.PackTransposed(values);
        }
        else
        {
            packed.Pack(values);
        }

        return packed;
    }

    private void Multiply(ThreadTeam team, LeftView a, RightView b, MatrixView c, float* bias, MatrixView residual, MatrixView input, SimdPath path)
    {
        switch (Finish)
        {
            case Finish.Bias: Compute.Gemm.Gemm.Run(team, a, b, c, add: false, new AddBias(bias), path); break;
            case Finish.BiasGelu: Compute.Gemm.Gemm.Run(team, a, b, c, add: false, new AddBiasGelu(bias), path); break;
            case Finish.BiasTanh: Compute.Gemm.Gemm.Run(team, a, b, c, add: false, new AddBiasTanh(bias), path); break;
            case Finish.BiasResidual: Compute.Gemm.Gemm.Run(team, a, b, c, add: false, new AddBiasResidual(bias, residual), path); break;
            case Finish.BiasGeluKeepInput: Compute.Gemm.Gemm.Run(team, a, b, c, add: false, new AddBiasGeluKeepInput(bias, input), path); break;
            default: Compute.Gemm.Gemm.Run(team, a, b, c, Finish == Finish.Add, default(NoEpilogue), path); break;
        }
    }
}
