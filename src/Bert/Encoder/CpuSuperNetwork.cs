using Endpoints.Bert.Cascades;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert.Encoder;

/// <summary>A super-network's weights packed once for the CPU, in a precision; classifiers are views of them.</summary>
/// <remarks>
/// Embeddings, pooler and classifier stay float32: they cost little and are read by few rows. Nothing of the weights as they were loaded is kept; a sub-network
/// that is no prefix has its own copies made from the weights, read again. The embeddings are copied too: pinned where they were, they would keep in memory
/// whatever had been read in front of them, for as long as the network lives.
/// </remarks>
internal sealed unsafe class CpuSuperNetwork : ISuperNetwork
{
    private readonly Func<BertParameters> _read;
    private readonly FloatBuffer _words;
    private readonly FloatBuffer _positions;
    private readonly FloatBuffer _types;
    private readonly PackedLayer[] _layers;
    private readonly IReadOnlyList<CpuLane> _lanes;

    public CpuSuperNetwork(BertParameters parameters, Func<BertParameters> read, Precision precision, IReadOnlyList<CpuLane> lanes)
    {
        if (precision != Precision.Float32 && parameters.Config.HeadSize % 2 != 0)
        {
            throw new NotSupportedException($"Heads of an odd size ({parameters.Config.HeadSize}) cannot be read in pairs of bfloat16: load this model in Float32.");
        }

        Config = parameters.Config;
        Precision = precision;
        _read = read;
        _lanes = lanes;
        _layers = [.. parameters.Layers.Select(layer => new PackedLayer(layer, precision))];
        EmbeddingNorm = new PackedNorm(parameters.EmbeddingNorm);
        Pooler = new PackedLinear(parameters.Pooler, Precision.Float32);
        Classifier = new PackedLinear(parameters.Classifier, Precision.Float32);
        (_words, _positions, _types) = (Copy(parameters.WordEmbeddings), Copy(parameters.PositionEmbeddings), Copy(parameters.TypeEmbeddings));
    }

    /// <inheritdoc/>
    public void Release()
    {
        foreach (IDisposable part in (IDisposable[])[.. _layers, Pooler, Classifier, _words, _positions, _types])
        {
            part.Dispose();
        }
    }

    public BertConfig Config { get; }

    public Precision Precision { get; }

    public long ResidentBytes =>
        (sizeof(float) * (_words.Length + _positions.Length + _types.Length)) + _layers.Sum(layer => layer.Bytes) + Pooler.Bytes + Classifier.Bytes;

    public PackedNorm EmbeddingNorm { get; }

    public PackedLinear Pooler { get; }

    public PackedLinear Classifier { get; }

    public float* Words => _words.Pointer;

    public float* Positions => _positions.Pointer;

    public float* Types => _types.Pointer;

    public IClassifier CreateClassifier(SubNetwork subNetwork, int lane)
    {
        RequireClassifier();
        return Create(subNetwork, lane);
    }

    public IEncoder CreateEncoder(SubNetwork subNetwork, int lane) => Create(subNetwork, lane);

    public IClassifierPair CreatePair(SubNetwork first, SubNetwork second, int lane)
    {
        RequireClassifier();
        int shared = ContinuedClassifiers.CountShared(first, second);
        return shared == 0
            ? new SeparateClassifiers(Create(first, lane), Create(second, lane))
            : new ContinuedClassifiers(this, PlanOf(first), PlanOf(second), shared, LaneAt(lane));
    }

    private CpuClassifier Create(SubNetwork subNetwork, int lane) => new(this, PlanOf(subNetwork), LaneAt(lane));

    public EncoderPlan PlanOf(SubNetwork subNetwork) => EncoderPlan.Create(_layers, Config, _read, Precision, subNetwork);

    private CpuLane LaneAt(int lane)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, _lanes.Count);
        return _lanes[lane];
    }

    private void RequireClassifier()
    {
        if (Config.LabelCount == 0)
        {
            throw new NotSupportedException("This network has no classifier of its own: it makes pooled vectors for other heads.");
        }
    }

    private static FloatBuffer Copy(float[] values)
    {
        var copy = new FloatBuffer(values.Length);
        values.CopyTo(copy.Span);
        return copy;
    }
}
