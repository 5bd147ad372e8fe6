using Endpoints.Bert.Multitask;
using Endpoints.Compute;
using Endpoints.Compute.Gemm;

namespace Endpoints.Bert.Training;

/// <summary>A head of a multitask network in training: from pooled vectors to outputs, loss and gradients. Its products run in float32.</summary>
internal sealed unsafe class TrainingHead : IDisposable
{
    private readonly TrainingLinear _linear;
    private readonly GrowingBuffer _linearOutputs = new();
    private readonly GrowingBuffer _linearGradient = new();
    private float[] _scoreGradient = [];
    private bool _isPacked;

    public TrainingHead(TaskHead parameters, TaskHead gradients)
    {
        (Parameters, Gradients) = (parameters, gradients);
        _linear = new TrainingLinear(parameters.Linear, gradients.Linear, Precision.Float32);
    }

    public TaskHead Parameters { get; }

    public TaskHead Gradients { get; }

    /// <summary>To be called after an update.</summary>
    public void WeightsChanged() => _isPacked = false;

    /// <summary>Adds the head's gradients and writes that of the pooled vectors.</summary>
    /// <param name="pass">The pass, which holds the batch.</param>
    /// <param name="pooled">A row a sequence.</param>
    /// <param name="pooledGradient">Overwritten.</param>
    /// <param name="loss">Of the head's outputs.</param>
    /// <param name="outputs">Receives (examples × outputs an example).</param>
    /// <returns>The mean loss.</returns>
    public float Run(TrainingPass pass, MatrixView pooled, MatrixView pooledGradient, ILoss loss, Span<float> outputs)
    {
        if (!_isPacked)
        {
            _linear.Pack(pass.Team);
            _isPacked = true;
        }

        MatrixView x = Rows(pooled), y = _linearOutputs.Matrix(x.Rows, Parameters.Linear.Outputs), dy = _linearGradient.Matrix(y.Rows, y.Columns);
        _linear.Forward(pass, pass.Input.Of(x), y, new AddBias(_linear.Bias));
        float value = Loss(Values(y), Values(dy), loss, outputs);
        TrainingOperand gradient = pass.Gradient.Of(dy);
        _linear.AddGradients(pass, pass.Input.Of(x), gradient);
        _linear.InputGradient(pass, gradient, Rows(pooledGradient), add: false);
        return value;
    }

    public void Dispose()
    {
        _linear.Dispose();
        _linearOutputs.Dispose();
        _linearGradient.Dispose();
    }

    /// <summary>What the linear layer reads: a row a sequence, or [u; v] of two that stand one after the other.</summary>
    private MatrixView Rows(MatrixView pooled) => Parameters.Config.Kind == HeadKind.SiameseConcatenation
        ? new MatrixView(pooled.Data, pooled.Rows / 2, 2 * pooled.Columns)
        : pooled;

    /// <summary>From the linear layer's outputs to the loss, and back to their gradient.</summary>
    private float Loss(ReadOnlySpan<float> y, Span<float> dy, ILoss loss, Span<float> outputs)
    {
        HeadConfig head = Parameters.Config;
        if (head.Kind != HeadKind.SiameseCosine)
        {
            y.CopyTo(outputs);
            return loss.Compute(outputs[..y.Length], head.OutputsPerExample, dy);
        }

        int width = Parameters.Linear.Outputs, examples = y.Length / (2 * width);
        Span<float> scores = outputs[..examples];
        for (int i = 0; i < examples; i++)
        {
            scores[i] = ScaledCosine.Score(First(y, i, width), Second(y, i, width), head.Scale);
        }

        Span<float> scoreGradient = examples <= _scoreGradient.Length ? _scoreGradient : _scoreGradient = new float[examples];
        scoreGradient = scoreGradient[..examples];
        float value = loss.Compute(scores, 1, scoreGradient);
        for (int i = 0; i < examples; i++)
        {
            ScaledCosine.Backward(
                First(y, i, width), Second(y, i, width), head.Scale, scoreGradient[i], dy.Slice(2 * i * width, width), dy.Slice(((2 * i) + 1) * width, width));
        }

        return value;
    }

    private static ReadOnlySpan<float> First(ReadOnlySpan<float> rows, int example, int width) => rows.Slice(2 * example * width, width);

    private static ReadOnlySpan<float> Second(ReadOnlySpan<float> rows, int example, int width) => rows.Slice(((2 * example) + 1) * width, width);

    private static Span<float> Values(MatrixView matrix) => new(matrix.Data, matrix.Rows * matrix.Columns);
}
