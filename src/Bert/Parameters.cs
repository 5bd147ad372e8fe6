using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert;

/// <summary>One tensor by its name in a Hugging Face checkpoint.</summary>
/// <param name="Name">For example <c>bert.encoder.layer.0.attention.self.query.weight</c>.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
/// <param name="Values">Row-major values; the array itself, not a copy.</param>
public readonly record struct NamedTensor(string Name, int[] Shape, float[] Values);

/// <summary>A linear layer y = x Wᵀ + b.</summary>
/// <param name="Outputs">Rows of the weight.</param>
/// <param name="Inputs">Columns of the weight.</param>
public sealed record LinearParameters(int Outputs, int Inputs)
{
    /// <summary>(Outputs × Inputs), row-major.</summary>
    public float[] Weight { get; init; } = new float[Outputs * Inputs];

    /// <summary>(Outputs).</summary>
    public float[] Bias { get; init; } = new float[Outputs];
}

/// <summary>LayerNorm's scale and shift.</summary>
/// <param name="Width">Number of features.</param>
public sealed record NormParameters(int Width)
{
    /// <summary>Scale, (Width).</summary>
    public float[] Gamma { get; init; } = new float[Width];

    /// <summary>Shift, (Width).</summary>
    public float[] Beta { get; init; } = new float[Width];
}

/// <summary>The attention block of a layer with h heads of width d: Q, K and V are (h·d × H), the output is (H × h·d).</summary>
public sealed record AttentionParameters(LinearParameters Query, LinearParameters Key, LinearParameters Value, LinearParameters Output, NormParameters Norm);

/// <summary>The feed-forward block of a layer with U units: up is (U × H), down is (H × U).</summary>
public sealed record FeedForwardParameters(LinearParameters Up, LinearParameters Down, NormParameters Norm);

/// <summary>One encoder layer; a block that is null is absent (the identity).</summary>
public sealed record LayerParameters(AttentionParameters? Attention, FeedForwardParameters? FeedForward)
{
    /// <summary>All zeros, in a shape of <paramref name="config"/>'s widths.</summary>
    public LayerParameters(BertConfig config, LayerShape shape)
        : this(
            shape.Heads == 0 ? null : Zeros(config.HiddenSize, shape.Heads * config.HeadSize),
            shape.Units == 0 ? null : new(new(shape.Units, config.HiddenSize), new(config.HiddenSize, shape.Units), new(config.HiddenSize)))
    {
    }

    private static AttentionParameters Zeros(int hidden, int width) =>
        new(new(width, hidden), new(width, hidden), new(width, hidden), new(hidden, width), new(hidden));
}

/// <summary>Every parameter of a BERT or RoBERTa sequence classifier, as float32 in Hugging Face's own shapes. Gradients and optimiser moments have this shape too.</summary>
public sealed class BertParameters
{
    /// <summary>All zeros, in the shape of a config.</summary>
    public BertParameters(BertConfig config)
    {
        Config = config;
        int hidden = config.HiddenSize;
        WordEmbeddings = new float[(long)config.VocabularySize * hidden];
        PositionEmbeddings = new float[(long)config.MaxPositions * hidden];
        TypeEmbeddings = new float[(long)config.TypeVocabularySize * hidden];
        EmbeddingNorm = new NormParameters(hidden);
        Layers = [.. config.Layers.Select(shape => new LayerParameters(config, shape))];
        Pooler = new LinearParameters(hidden, hidden);
        Classifier = new LinearParameters(config.LabelCount, hidden);
    }

    /// <summary>The shape.</summary>
    public BertConfig Config { get; }

    /// <summary>(VocabularySize × H).</summary>
    public float[] WordEmbeddings { get; }

    /// <summary>(MaxPositions × H).</summary>
    public float[] PositionEmbeddings { get; }

    /// <summary>(TypeVocabularySize × H).</summary>
    public float[] TypeEmbeddings { get; }

    /// <summary>LayerNorm over the summed embeddings.</summary>
    public NormParameters EmbeddingNorm { get; }

    /// <summary>Encoder layers, bottom first.</summary>
    public IReadOnlyList<LayerParameters> Layers { get; }

    /// <summary>(H × H), followed by tanh, over each sequence's first token; RoBERTa's <c>classifier.dense</c>.</summary>
    public LinearParameters Pooler { get; }

    /// <summary>(labels × H), RoBERTa's <c>classifier.out_proj</c>; empty, and no tensor, in a trunk without labels.</summary>
    public LinearParameters Classifier { get; }

    /// <summary>Random weights as BERT starts: normal matrices and embeddings, zero biases, LayerNorm at the identity.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="seed">Same seed, same weights.</param>
    /// <param name="standardDeviation">Of the weights; BERT's 0.02 suits hidden sizes of hundreds, narrow networks start better with more.</param>
    public static BertParameters Random(BertConfig config, int seed, float standardDeviation = 0.02f)
    {
        var parameters = new BertParameters(config);
        var random = new Random(seed);
        foreach (NamedTensor tensor in parameters.Tensors())
        {
            if (tensor.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal))
            {
                Array.Fill(tensor.Values, 1f);
            }
            else if (tensor.Shape.Length == 2)
            {
                FillNormal(tensor.Values, random, standardDeviation);
            }
        }

        return parameters;
    }

    /// <summary>A copy that later changes of this one do not reach.</summary>
    public BertParameters Clone()
    {
        var copy = new BertParameters(Config);
        foreach ((NamedTensor from, NamedTensor to) in Tensors().Zip(copy.Tensors()))
        {
            from.Values.CopyTo(to.Values, 0);
        }

        return copy;
    }

    /// <summary>A fresh classification head: N(0, 0.02) weights, zero bias. RoBERTa's head has the pooler in it, BERT's comes with the encoder.</summary>
    public void InitializeClassifier(int seed)
    {
        var random = new Random(seed);
        foreach (LinearParameters linear in Config.Architecture == Architecture.Roberta ? (LinearParameters[])[Classifier, Pooler] : [Classifier])
        {
            FillNormal(linear.Weight, random, 0.02f);
            Array.Clear(linear.Bias);
        }
    }

    /// <summary>Every tensor under its architecture's Hugging Face name (<c>bert.</c> or <c>roberta.</c> before the encoder's), always in the same order.</summary>
    public IEnumerable<NamedTensor> Tensors()
    {
        int hidden = Config.HiddenSize;
        var names = TensorNames.Of(Config.Architecture);
        yield return new($"{names.Encoder}.embeddings.word_embeddings.weight", [Config.VocabularySize, hidden], WordEmbeddings);
        yield return new($"{names.Encoder}.embeddings.position_embeddings.weight", [Config.MaxPositions, hidden], PositionEmbeddings);
        yield return new($"{names.Encoder}.embeddings.token_type_embeddings.weight", [Config.TypeVocabularySize, hidden], TypeEmbeddings);
        foreach (var tensor in Norm($"{names.Encoder}.embeddings.LayerNorm", EmbeddingNorm))
        {
            yield return tensor;
        }

        for (int i = 0; i < Layers.Count; i++)
        {
            string layer = $"{names.Encoder}.encoder.layer.{i}";
            IEnumerable<NamedTensor> attention = Layers[i].Attention is { } a
                ? [.. Linear($"{layer}.attention.self.query", a.Query), .. Linear($"{layer}.attention.self.key", a.Key),
                   .. Linear($"{layer}.attention.self.value", a.Value), .. Linear($"{layer}.attention.output.dense", a.Output),
                   .. Norm($"{layer}.attention.output.LayerNorm", a.Norm)]
                : [];
            IEnumerable<NamedTensor> feedForward = Layers[i].FeedForward is { } f
                ? [.. Linear($"{layer}.intermediate.dense", f.Up), .. Linear($"{layer}.output.dense", f.Down),
                   .. Norm($"{layer}.output.LayerNorm", f.Norm)]
                : [];
            foreach (var tensor in attention.Concat(feedForward))
            {
                yield return tensor;
            }
        }

        foreach (var tensor in Linear(names.Pooler, Pooler).Concat(Config.LabelCount > 0 ? Linear(names.Classifier, Classifier) : []))
        {
            yield return tensor;
        }
    }

    private static NamedTensor[] Linear(string name, LinearParameters linear) =>
        [new($"{name}.weight", [linear.Outputs, linear.Inputs], linear.Weight), new($"{name}.bias", [linear.Outputs], linear.Bias)];

    private static NamedTensor[] Norm(string name, NormParameters norm) =>
        [new($"{name}.weight", [norm.Width], norm.Gamma), new($"{name}.bias", [norm.Width], norm.Beta)];

    internal static void FillNormal(float[] values, Random random, float standardDeviation)
    {
        for (int i = 0; i < values.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(standardDeviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
    }
}
