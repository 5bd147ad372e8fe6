using System.Runtime.InteropServices;
using Endpoints.Bert.Cascades;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert.Encoder;

/// <summary>A super-network's weights packed once for the CPU, in a precision; classifiers are views of them.</summary>
/// <remarks>
/// Embeddings, pooler and classifier stay float32: they cost little and are read by few rows. Of the weights as they were loaded only the embeddings are kept; a
/// sub-network that is no prefix has its own copies made from the weights, read again.
/// </remarks>
internal sealed unsafe class CpuSuperNetwork : ISuperNetwork
{
    private readonly Func<BertParameters> _read;
    private readonly long _embeddingValues;
    private readonly PackedLayer[] _layers;
    private readonly IReadOnlyList<CpuLane> _lanes;

    /// <summary>Empty until the end of the constructor, for the finalizer also runs where that throws.</summary>
    private GCHandle[] _pins = [];

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
        _embeddingValues = parameters.WordEmbeddings.LongLength + parameters.PositionEmbeddings.LongLength + parameters.TypeEmbeddings.LongLength;
        _pins = [Pin(parameters.WordEmbeddings), Pin(parameters.PositionEmbeddings), Pin(parameters.TypeEmbeddings)];
    }

    ~CpuSuperNetwork() => Unpin();

    /// <inheritdoc/>
    public void Release()
    {
        foreach (PackedLayer layer in _layers)
        {
            layer.Dispose();
        }

        Pooler.Dispose();
        Classifier.Dispose();
        Unpin();
        GC.SuppressFinalize(this);
    }

    public BertConfig Config { get; }

    public Precision Precision { get; }

    public long ResidentBytes =>
        (sizeof(float) * _embeddingValues) + _layers.Sum(layer => layer.Bytes) + Pooler.Bytes + Classifier.Bytes;

    public PackedNorm EmbeddingNorm { get; }

    public PackedLinear Pooler { get; }

    public PackedLinear Classifier { get; }

    public float* Words => (float*)_pins[0].AddrOfPinnedObject();

    public float* Positions => (float*)_pins[1].AddrOfPinnedObject();

    public float* Types => (float*)_pins[2].AddrOfPinnedObject();

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

    private CpuLane LaneAt(int lane)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, _lanes.Count);
        return _lanes[lane];
    }

    private void Unpin()
    {
        foreach (GCHandle pin in _pins)
        {
            pin.Free();
        }

        _pins = [];
    }

    private void RequireClassifier()
    {
        if (Config.LabelCount == 0)
        {
            throw new NotSupportedException("This network has no classifier of its own: it makes pooled vectors for other heads.");
        }
    }

    public EncoderPlan PlanOf(SubNetwork subNetwork) => EncoderPlan.Create(_layers, Config, _read, Precision, subNetwork);

    private static GCHandle Pin(float[] values) => GCHandle.Alloc(values, GCHandleType.Pinned);
}
