using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert.Multitask;

/// <summary>A multitask network ready to run: the trunk packed by an engine, in its precision, and the heads in float32 on top.</summary>
public sealed class MultitaskNetwork
{
    private readonly MultitaskParameters _parameters;
    private readonly ISuperNetwork _trunk;

    /// <summary>Packs the trunk.</summary>
    /// <param name="engine">Runs it.</param>
    /// <param name="parameters">The weights; changes after this do not reach the network's trunk.</param>
    /// <param name="precision">What the trunk's products run in.</param>
    public MultitaskNetwork(CpuEngine engine, MultitaskParameters parameters, Precision precision = Precision.Float32)
    {
        (_parameters, _trunk) = (parameters, engine.Load(parameters.Trunk, precision));
    }

    /// <summary>The trunk's shape.</summary>
    public BertConfig Config => _trunk.Config;

    /// <summary>A head over a sub-network of the trunk, on one lane; prefix sub-networks copy no weight.</summary>
    /// <exception cref="ArgumentException">There is no head of that name.</exception>
    public HeadRunner CreateRunner(SubNetwork subNetwork, string head, int lane) => new(_trunk.CreateEncoder(subNetwork, lane), _parameters.Head(head));
}

/// <summary>Runs one head over one sub-network: sequences in, logits or scores out. One batch at a time.</summary>
public sealed class HeadRunner
{
    private readonly IEncoder _encoder;
    private readonly TaskHead _head;
    private float[] _pooled = [];

    internal HeadRunner(IEncoder encoder, TaskHead head)
    {
        (_encoder, _head) = (encoder, head);
    }

    /// <summary>What the head computes.</summary>
    public HeadConfig Config => _head.Config;

    /// <summary>Computes the outputs of every example of a batch.</summary>
    /// <param name="batch">Sequences; the two of a siamese head's example stand one after the other.</param>
    /// <param name="outputs">Receives (examples × <see cref="HeadConfig.OutputsPerExample"/>) logits or scores.</param>
    /// <exception cref="ArgumentException">The batch holds half an example, a sequence does not fit the model, or <paramref name="outputs"/> has another length.</exception>
    public void Run(TokenBatch batch, Span<float> outputs)
    {
        int length = Examples(Config, batch) * Config.OutputsPerExample;
        if (outputs.Length != length)
        {
            throw new ArgumentException($"Room for {length} outputs is expected, there is room for {outputs.Length}.", nameof(outputs));
        }

        int size = batch.Count * _encoder.HiddenSize;
        if (_pooled.Length < size)
        {
            _pooled = new float[size];
        }

        _encoder.Pool(batch, _pooled);
        HeadForward.Run(_head, _pooled.AsSpan(0, size), outputs);
    }

    /// <summary>Number of examples in a batch of a head's sequences.</summary>
    internal static int Examples(HeadConfig head, TokenBatch batch) => batch.Count % head.SequencesPerExample == 0
        ? batch.Count / head.SequencesPerExample
        : throw new ArgumentException($"The head '{head.Name}' takes two sequences an example, one after the other: found {batch.Count}.", nameof(batch));
}
