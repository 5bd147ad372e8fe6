using System.Numerics;
using System.Runtime.InteropServices;
using Endpoints.Compute;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Training;

/// <summary>
/// Takes d loss / d mask from a backward as it passes: of a head, the sum over tokens of ⟨c, dL/dc⟩ with its context c; of a unit, of a · dL/da with
/// its activation a. One value a sequence. In the last layer only first tokens have rows, for no other token's gradient is there.
/// </summary>
internal sealed unsafe class MaskGradientRecorder(int layers, int sequences)
{
    private int _layer;

    /// <summary>(sequences × heads) of each layer; empty where the attention block did not run.</summary>
    public float[][] HeadGradients { get; } = [.. Enumerable.Repeat(Array.Empty<float>(), layers)];

    /// <summary>(sequences × units) of each layer; empty where the feed-forward block did not run.</summary>
    public float[][] UnitGradients { get; } = [.. Enumerable.Repeat(Array.Empty<float>(), layers)];

    /// <summary>The layer whose blocks come next.</summary>
    public void Enter(int layer) => _layer = layer;

    public void Heads(ThreadTeam team, MatrixView context, MatrixView gradient, int headSize, int count, int* offsets) =>
        HeadGradients[_layer] = Sum(team, context, gradient, headSize, count, offsets);

    public void Units(ThreadTeam team, MatrixView activated, MatrixView gradient, int count, int* offsets) =>
        UnitGradients[_layer] = Sum(team, activated, gradient, 1, count, offsets);

    private float[] Sum(ThreadTeam team, MatrixView values, MatrixView gradient, int width, int count, int* offsets)
    {
        if (count != sequences)
        {
            throw new InvalidOperationException($"The recorder was made for {sequences} sequences, the pass has {count}. This is a bug.");
        }

        float[] sums = new float[count * (values.Columns / width)];
        fixed (float* target = sums)
        {
            var work = new SumWork(values, gradient, width, offsets, target);
            team.Run(ref work, count);
        }

        return sums;
    }

    /// <summary>An item is a sequence: its rows' products, added up column by column, then within each stretch of columns that a mask covers.</summary>
    private readonly struct SumWork(MatrixView values, MatrixView gradient, int width, int* offsets, float* target) : IWork
    {
        public void Execute(int item, int worker)
        {
            float[] columns = new float[values.Columns];
            for (int row = offsets[item]; row < offsets[item + 1]; row++)
            {
                AddProducts(new ReadOnlySpan<float>(values.Row(row), values.Columns), new ReadOnlySpan<float>(gradient.Row(row), values.Columns), columns);
            }

            int masks = values.Columns / width;
            for (int mask = 0; mask < masks; mask++)
            {
                double sum = 0;
                for (int i = mask * width; i < (mask + 1) * width; i++)
                {
                    sum += columns[i];
                }

                target[(item * masks) + mask] = (float)sum;
            }
        }

        private static void AddProducts(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> sums)
        {
            ReadOnlySpan<Vector<float>> left = MemoryMarshal.Cast<float, Vector<float>>(a), right = MemoryMarshal.Cast<float, Vector<float>>(b);
            Span<Vector<float>> wide = MemoryMarshal.Cast<float, Vector<float>>(sums);
            for (int i = 0; i < wide.Length; i++)
            {
                wide[i] += left[i] * right[i];
            }

            for (int i = wide.Length * Vector<float>.Count; i < sums.Length; i++)
            {
                sums[i] += a[i] * b[i];
            }
        }
    }
}
