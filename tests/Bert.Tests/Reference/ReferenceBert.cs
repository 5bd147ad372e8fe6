using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Tests.Reference;

/// <summary>What <see cref="ReferenceBert"/> computes for one sequence of s tokens.</summary>
/// <param name="Hidden">(layers + 1) matrices of (s × H): the embeddings' output, then each layer's, dropped layers included.</param>
/// <param name="Pooled">(H).</param>
/// <param name="Logits">(labels).</param>
internal sealed record ReferenceOutput(double[][,] Hidden, double[] Pooled, double[] Logits);

/// <summary>
/// The oracle: a BERT classifier straight from its formulas, one sequence at a time, in double precision and without any thought of speed.
/// A sub-network is run by masks: head outputs and activations after GELU are multiplied by 0 or 1; a block that keeps nothing is the identity.
/// </summary>
internal static class ReferenceBert
{
    /// <summary>Runs the whole network that the parameters hold.</summary>
    public static ReferenceOutput Run(BertParameters parameters, ReadOnlySpan<int> tokens, ReadOnlySpan<int> types) =>
        Run(parameters, SubNetwork.Full(parameters.Config), tokens, types);

    /// <summary>Runs a sub-network of a super-network, masked.</summary>
    public static ReferenceOutput Run(BertParameters parameters, SubNetwork subNetwork, ReadOnlySpan<int> tokens, ReadOnlySpan<int> types)
    {
        BertConfig config = parameters.Config;
        var hidden = new List<double[,]> { Embed(parameters, tokens, types) };
        for (int i = 0; i < parameters.Layers.Count; i++)
        {
            double[,] x = hidden[^1];
            double[,] z = Attention(parameters.Layers[i].Attention, subNetwork.Layers[i].Heads.ToMask(), x, config);
            hidden.Add(FeedForward(parameters.Layers[i].FeedForward, subNetwork.Layers[i].Units.ToMask(), z, config));
        }

        double[] pooled = Row(Linear(parameters.Pooler, FirstRow(hidden[^1])), 0);
        pooled = [.. pooled.Select(Math.Tanh)];
        return new ReferenceOutput([.. hidden], pooled, Row(Linear(parameters.Classifier, AsMatrix(pooled)), 0));
    }

    /// <summary>x = LN(word + position + type).</summary>
    private static double[,] Embed(BertParameters parameters, ReadOnlySpan<int> tokens, ReadOnlySpan<int> types)
    {
        int width = parameters.Config.HiddenSize;
        var x = new double[tokens.Length, width];
        for (int t = 0; t < tokens.Length; t++)
        {
            for (int j = 0; j < width; j++)
            {
                x[t, j] = (double)parameters.WordEmbeddings[(tokens[t] * width) + j]
                    + parameters.PositionEmbeddings[((parameters.Config.FirstPosition + t) * width) + j]
                    + parameters.TypeEmbeddings[(types[t] * width) + j];
            }
        }

        return LayerNorm(parameters.EmbeddingNorm, x, parameters.Config.LayerNormEpsilon);
    }

    /// <summary>z = LN(x + Σ mask_i · softmax(Q_i K_iᵀ / √d) V_i W_O,i + b_O).</summary>
    private static double[,] Attention(AttentionParameters? block, bool[] headMask, double[,] x, BertConfig config)
    {
        if (block is null || !headMask.Contains(true))
        {
            return x;
        }

        double[,] q = Linear(block.Query, x);
        double[,] k = Linear(block.Key, x);
        double[,] v = Linear(block.Value, x);
        int length = x.GetLength(0);
        int d = config.HeadSize;
        var heads = new double[length, headMask.Length * d];
        for (int head = 0; head < headMask.Length; head++)
        {
            for (int t = 0; t < length; t++)
            {
                double[] scores = [.. Enumerable.Range(0, length).Select(u => Dot(q, t, k, u, head * d, d) / Math.Sqrt(d))];
                double[] weights = Softmax(scores);
                for (int j = head * d; j < (head + 1) * d; j++)
                {
                    for (int u = 0; u < length; u++)
                    {
                        heads[t, j] += weights[u] * v[u, j];
                    }

                    heads[t, j] *= headMask[head] ? 1 : 0;
                }
            }
        }

        return LayerNorm(block.Norm, Add(x, Linear(block.Output, heads)), config.LayerNormEpsilon);
    }

    /// <summary>y = LN(z + (mask ∘ GELU(z W_upᵀ + b_up)) W_downᵀ + b_down).</summary>
    private static double[,] FeedForward(FeedForwardParameters? block, bool[] unitMask, double[,] z, BertConfig config)
    {
        if (block is null || !unitMask.Contains(true))
        {
            return z;
        }

        double[,] activations = Linear(block.Up, z);
        for (int t = 0; t < activations.GetLength(0); t++)
        {
            for (int u = 0; u < unitMask.Length; u++)
            {
                activations[t, u] = unitMask[u] ? Gelu(activations[t, u]) : 0;
            }
        }

        return LayerNorm(block.Norm, Add(z, Linear(block.Down, activations)), config.LayerNormEpsilon);
    }

    /// <summary>y = x Wᵀ + b, row by row.</summary>
    private static double[,] Linear(LinearParameters linear, double[,] x)
    {
        var y = new double[x.GetLength(0), linear.Outputs];
        for (int t = 0; t < y.GetLength(0); t++)
        {
            for (int o = 0; o < linear.Outputs; o++)
            {
                double sum = linear.Bias[o];
                for (int i = 0; i < linear.Inputs; i++)
                {
                    sum += x[t, i] * linear.Weight[(o * linear.Inputs) + i];
                }

                y[t, o] = sum;
            }
        }

        return y;
    }

    /// <summary>(x - mean) / √(variance + ε) · γ + β for each row, with the biased variance.</summary>
    private static double[,] LayerNorm(NormParameters norm, double[,] x, double epsilon)
    {
        var y = new double[x.GetLength(0), norm.Width];
        for (int t = 0; t < y.GetLength(0); t++)
        {
            double[] row = Row(x, t);
            double mean = row.Average();
            double variance = row.Average(value => (value - mean) * (value - mean));
            for (int j = 0; j < norm.Width; j++)
            {
                y[t, j] = ((row[j] - mean) / Math.Sqrt(variance + epsilon) * norm.Gamma[j]) + norm.Beta[j];
            }
        }

        return y;
    }

    private static double[] Softmax(double[] scores)
    {
        double max = scores.Max();
        double[] exponentials = [.. scores.Select(score => Math.Exp(score - max))];
        double sum = exponentials.Sum();
        return [.. exponentials.Select(value => value / sum)];
    }

    /// <summary>x Φ(x), with the normal distribution function by erf: the exact form.</summary>
    public static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>
    /// erf(x) = 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (1·3·..·(2n+1)): all terms have one sign, so nothing cancels.
    /// Beyond 6 it is ±1 in double precision.
    /// </summary>
    public static double Erf(double x)
    {
        if (Math.Abs(x) >= 6)
        {
            return Math.Sign(x);
        }

        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    private static double Dot(double[,] a, int rowA, double[,] b, int rowB, int start, int count)
    {
        double sum = 0;
        for (int j = start; j < start + count; j++)
        {
            sum += a[rowA, j] * b[rowB, j];
        }

        return sum;
    }

    private static double[,] Add(double[,] a, double[,] b)
    {
        var sum = new double[a.GetLength(0), a.GetLength(1)];
        for (int t = 0; t < sum.GetLength(0); t++)
        {
            for (int j = 0; j < sum.GetLength(1); j++)
            {
                sum[t, j] = a[t, j] + b[t, j];
            }
        }

        return sum;
    }

    private static double[] Row(double[,] matrix, int row) => [.. Enumerable.Range(0, matrix.GetLength(1)).Select(j => matrix[row, j])];

    private static double[,] FirstRow(double[,] matrix) => AsMatrix(Row(matrix, 0));

    private static double[,] AsMatrix(double[] row)
    {
        var matrix = new double[1, row.Length];
        for (int j = 0; j < row.Length; j++)
        {
            matrix[0, j] = row[j];
        }

        return matrix;
    }
}
