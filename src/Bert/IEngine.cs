using Endpoints.Bert.Cascades;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert;

/// <summary>A device that runs sub-networks: it loads a super-network once and cuts any number of classifiers from it.</summary>
public interface IEngine : IDisposable
{
    /// <summary>What runs, for logs and <c>/endpoints</c>: for example <c>cpu Vector512, 1 lane of 2 threads, pinned</c>.</summary>
    string Description { get; }

    /// <summary>Number of batches that can run at once, each on a lane of its own (0 to <c>LaneCount</c> - 1).</summary>
    int LaneCount { get; }

    /// <summary>Prepares a checkpoint's weights for this device. The result is immutable and may be used from any thread.</summary>
    /// <param name="checkpoint">The weights, in float32.</param>
    /// <param name="precision">What the encoder's products run in.</param>
    ISuperNetwork Load(Checkpoint checkpoint, Precision precision = Precision.Float32);
}

/// <summary>A super-network's weights, resident on a device and shared by every sub-network cut from it.</summary>
public interface ISuperNetwork
{
    /// <summary>Its shape.</summary>
    BertConfig Config { get; }

    /// <summary>What its products run in.</summary>
    Precision Precision { get; }

    /// <summary>Bytes of weights held, shared by all classifiers.</summary>
    long ResidentBytes { get; }

    /// <summary>A classifier for one sub-network on one lane; prefix sub-networks copy no weight.</summary>
    IClassifier CreateClassifier(SubNetwork subNetwork, int lane);

    /// <summary>Classifiers for two sub-networks on one lane, of which the second may continue the first one's work.</summary>
    IClassifierPair CreatePair(SubNetwork first, SubNetwork second, int lane) =>
        new SeparateClassifiers(CreateClassifier(first, lane), CreateClassifier(second, lane));

    /// <summary>Frees the weights now, where a device can, and not when the garbage collector comes to it. No classifier or encoder of this network may run any more.</summary>
    void Release()
    {
    }

    /// <summary>The same without a classifier: pooled vectors, for heads of the caller's own.</summary>
    /// <exception cref="NotSupportedException">This device computes logits only.</exception>
    IEncoder CreateEncoder(SubNetwork subNetwork, int lane) => throw new NotSupportedException("This engine computes logits only, not pooled vectors: use the CPU engine.");
}
