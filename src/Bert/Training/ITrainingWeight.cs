using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Training;

/// <summary>
/// The three large products of a linear layer in training, in a precision; results are float32. The shapes of what comes in say which prefix of the weight takes part.
/// </summary>
internal interface ITrainingWeight : IDisposable
{
    /// <summary>Packs the weight (outputs × inputs) both ways, after an update.</summary>
    void Pack(ThreadTeam team, ReadOnlySpan<float> weight);

    /// <summary>y = epilogue(x Wᵀ).</summary>
    void Forward<TEpilogue>(ThreadTeam team, TrainingOperand x, MatrixView y, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue;

    /// <summary>dx = dy W, or += with <paramref name="add"/>.</summary>
    void InputGradient(ThreadTeam team, TrainingOperand dy, MatrixView dx, bool add);

    /// <summary>dW += dyᵀ x.</summary>
    void AddGradient(ThreadTeam team, TrainingOperand x, TrainingOperand dy, MatrixView target);
}
