using System.Numerics;

namespace Endpoints.Bert.Multitask;

/// <summary>Runs a head on pooled vectors, in float32. An example's outputs do not depend on the rest of its batch.</summary>
internal static class HeadForward
{
    /// <summary>Computes every example's outputs.</summary>
    /// <param name="head">The head.</param>
    /// <param name="pooled">(examples · sequences an example × H), the sequences of an example one after the other.</param>
    /// <param name="outputs">Receives (examples × outputs an example).</param>
    public static void Run(TaskHead head, ReadOnlySpan<float> pooled, Span<float> outputs)
    {
        LinearParameters linear = head.Linear;
        if (head.Config.Kind != HeadKind.SiameseCosine)
        {
            // The rows of two sequences, one after the other, are the row [u; v].
            Linear(linear, pooled, outputs);
            return;
        }

        int hidden = linear.Outputs;
        Span<float> projected = new float[2 * hidden];
        for (int i = 0; i < outputs.Length; i++)
        {
            Linear(linear, pooled.Slice(2 * i * hidden, 2 * hidden), projected);
            outputs[i] = ScaledCosine.Score(projected[..hidden], projected[hidden..], head.Config.Scale);
        }
    }

    private static void Linear(LinearParameters linear, ReadOnlySpan<float> x, Span<float> y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            (int row, int output) = (i / linear.Outputs, i % linear.Outputs);
            y[i] = linear.Bias[output] + Dot(linear.Weight.AsSpan(output * linear.Inputs, linear.Inputs), x.Slice(row * linear.Inputs, linear.Inputs));
        }
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        }

        float sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
