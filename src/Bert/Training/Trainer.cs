using Endpoints.Bert.Encoder;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Compute.Embedding;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Measurement;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>
/// Trains a super-network in place on the CPU. A pass of a sub-network computes only what the sub-network keeps: prefixes as views of the packed
/// weights, other choices gathered. Same seed, same bits, for any number of threads. In bfloat16 only the products with the encoder's weights are rounded
/// (<see cref="TrainerOptions.Precision"/>).
/// </summary>
public sealed unsafe class Trainer : ITrainer, IDisposable
{
    private const int EmbeddingSite = 0;
    private const int PoolerSite = 1;
    private const int HeadSite = 2;

    private readonly ThreadTeam _team;
    private readonly TrainingPass _pass;
    private readonly TrainingLayer[] _layers;
    private readonly TrainingNorm _embeddingNorm;
    private readonly TrainingLinear _pooler;
    private readonly TrainingLinear _classifier;
    private readonly ParameterOptimizer _optimizer;
    private readonly PinnedFloats[] _tables;
    private readonly PinnedFloats[] _tableGradients;
    private readonly GrowingBuffer _first = new();
    private readonly GrowingBuffer _pooled = new();
    private readonly GrowingBuffer _logits = new();
    private readonly GrowingBuffer _logitGradient = new();
    private readonly GrowingBuffer _pooledGradient = new();
    private readonly GrowingBuffer _firstGradient = new();
    private readonly GrowingBuffer _hiddenGradient = new();
    private readonly List<LayerStep> _steps = [];
    private bool _isPacked;

    /// <summary>Prepares to train <paramref name="parameters"/>, which <see cref="Step(float)"/> updates in place.</summary>
    /// <exception cref="ArgumentException">The precision is int8.</exception>
    public Trainer(BertParameters parameters, TrainerOptions options)
        : this(parameters, options, [])
    {
    }

    /// <summary>The same with heads of their own on the pooled vectors, whose weights take part in every update step.</summary>
    internal Trainer(BertParameters parameters, TrainerOptions options, IReadOnlyList<TrainingHead> heads)
    {
        if (options.Precision == Precision.Int8)
        {
            throw new ArgumentException("Training in int8 is not possible: its steps are too coarse for gradients. Expected float32 or bfloat16; int8 is for inference.", nameof(options));
        }

        Parameters = parameters;
        Precision = options.Precision;
        Gradients = new BertParameters(parameters.Config);
        _team = new ThreadTeam(options.Threads > 0 ? options.Threads : Environment.ProcessorCount, "train");
        _pass = new TrainingPass(_team, parameters.Config, options);
        _layers = [.. parameters.Layers.Select((layer, index) => new TrainingLayer(layer, Gradients.Layers[index], Precision, index))];
        _embeddingNorm = new TrainingNorm(parameters.EmbeddingNorm, Gradients.EmbeddingNorm);
        _pooler = new TrainingLinear(parameters.Pooler, Gradients.Pooler, Precision.Float32);
        _classifier = new TrainingLinear(parameters.Classifier, Gradients.Classifier, Precision.Float32);
        _tables = [new(parameters.WordEmbeddings), new(parameters.PositionEmbeddings), new(parameters.TypeEmbeddings)];
        _tableGradients = [new(Gradients.WordEmbeddings), new(Gradients.PositionEmbeddings), new(Gradients.TypeEmbeddings)];
        _optimizer = new ParameterOptimizer(
            parameters.Tensors().Concat(heads.SelectMany(head => head.Parameters.Tensors())),
            Gradients.Tensors().Concat(heads.SelectMany(head => head.Gradients.Tensors())),
            options);
    }

    /// <summary>The weights being trained.</summary>
    public BertParameters Parameters { get; }

    /// <inheritdoc/>
    public BertConfig Config => Parameters.Config;

    /// <summary>What the products with the encoder's weights run in.</summary>
    public Precision Precision { get; }

    /// <summary>Threads that share each pass.</summary>
    public int Threads => _team.Size;

    /// <summary>Operations of all matrix products so far, forward and backward; a multiply-add counts 2.</summary>
    public double Operations => _pass.Operations;

    /// <summary>The sum of the gradients of this step's passes so far.</summary>
    internal BertParameters Gradients { get; }

    /// <summary>Takes the gradients of masks from each pass's backward; null (default) where nobody asks for them.</summary>
    internal MaskGradientRecorder? Masks
    {
        get => _pass.Masks;
        set => _pass.Masks = value;
    }

    /// <summary>Sees the hidden states after the embeddings (0) and after each layer, of every token; the last layer then computes them all.</summary>
    internal Action<int, MatrixView>? HiddenStateObserver { get; set; }

    /// <summary>RoBERTa's head drops its input too, before the layer that is BERT's pooler.</summary>
    private Dropout HeadDropout => Config.Architecture == Architecture.Roberta ? _pass.HiddenDropout(HeadSite) : default;

    /// <inheritdoc/>
    public float Accumulate(SubNetwork subNetwork, TokenBatch batch, ILoss loss, Span<float> logits)
    {
        PackIfStale();
        _pass.Begin(batch);
        try
        {
            MatrixView first = Forward(subNetwork);
            MatrixView output = Classify(first);
            int count = output.Rows * output.Columns;
            new ReadOnlySpan<float>(output.Data, count).CopyTo(logits);
            MatrixView gradient = _logitGradient.Matrix(output.Rows, output.Columns);
            float value = loss.Compute(logits[..count], output.Columns, new Span<float>(gradient.Data, count));
            Backward(ClassifyBackward(first, gradient));
            _optimizer.Use(subNetwork);
            return value;
        }
        finally
        {
            ReleaseSteps();
        }
    }

    /// <summary>One pass like the other, of a head on the pooled vectors in the classifier's place; <paramref name="outputs"/> receives the head's own.</summary>
    internal float Accumulate(SubNetwork subNetwork, TokenBatch batch, TrainingHead head, ILoss loss, Span<float> outputs)
    {
        PackIfStale();
        _pass.Begin(batch);
        try
        {
            MatrixView first = Forward(subNetwork);
            MatrixView pooledGradient = _pooledGradient.Matrix(first.Rows, Config.HiddenSize);
            float value = head.Run(_pass, Pool(first), pooledGradient, loss, outputs);
            Backward(PoolBackward(first, pooledGradient));
            _optimizer.Use(subNetwork, head.Parameters.Config.Name);
            return value;
        }
        finally
        {
            ReleaseSteps();
        }
    }

    /// <inheritdoc/>
    public void Forward(SubNetwork subNetwork, TokenBatch batch, Span<float> logits)
    {
        PackIfStale();
        _pass.Begin(batch);
        try
        {
            MatrixView output = Classify(Forward(subNetwork));
            new ReadOnlySpan<float>(output.Data, output.Rows * output.Columns).CopyTo(logits);
        }
        finally
        {
            ReleaseSteps();
        }
    }

    /// <inheritdoc/>
    public float Step(float learningRate)
    {
        _isPacked = false;
        return _optimizer.Step(_team, learningRate);
    }

    /// <summary>What <see cref="Operations"/> a second this processor could do at most, in this precision on these threads; takes some milliseconds.</summary>
    public double MeasurePeak() => 1e9 * ProcessorPeak.Measure(Precision, _team);

    /// <summary>Ends the threads and frees the memory; the weights stay.</summary>
    public void Dispose()
    {
        _team.Dispose();
        foreach (IDisposable part in (IEnumerable<IDisposable>)
            [_pass, .. _layers, _embeddingNorm, _pooler, _classifier, _optimizer, .. _tables, .. _tableGradients,
             _first, _pooled, _logits, _logitGradient, _pooledGradient, _firstGradient, _hiddenGradient])
        {
            part.Dispose();
        }
    }

    /// <summary>Embeddings and encoder; returns the first tokens' last hidden states and remembers what the backward needs.</summary>
    private MatrixView Forward(SubNetwork subNetwork)
    {
        BatchInputs inputs = _pass.Inputs;
        inputs.Embed(_team, _tables[0].Pointer, _tables[1].Pointer, _tables[2].Pointer, _embeddingNorm.Input(inputs.TokenCount));
        MatrixView hidden = _embeddingNorm.Forward(_team, Config.LayerNormEpsilon);
        RowMap.Drop(_team, hidden, _pass.HiddenDropout(EmbeddingSite));
        HiddenStateObserver?.Invoke(0, hidden);
        int last = LastLayer(subNetwork);
        for (int i = 0; i < _layers.Length; i++)
        {
            LayerSelection selection = subNetwork.Layers[i];
            if (!selection.IsEmpty)
            {
                GatheredLayer? gathered = selection.IsPrefix ? null : new GatheredLayer(_team, Parameters.Layers[i], selection, Config, Precision, i);
                bool firstOnly = i == last && HiddenStateObserver is null;
                var step = new LayerStep(i, gathered?.Layer ?? _layers[i], gathered, selection, hidden, firstOnly ? FirstTokens(hidden) : hidden, firstOnly);
                _steps.Add(step);
                hidden = step.Forward(_pass);
            }

            HiddenStateObserver?.Invoke(i + 1, hidden);
        }

        return _steps.Count > 0 && _steps[^1].FirstOnly ? hidden : FirstTokens(hidden);
    }

    /// <summary>What the heads read: the pooled vectors, some of their values dropped.</summary>
    private MatrixView Pool(MatrixView first)
    {
        MatrixView pooled = _pooled.Matrix(first.Rows, Config.HiddenSize);
        _pooler.Forward(_pass, _pass.Input.Of(TrainingAttention.Dropped(_pass, first, HeadDropout)), pooled, new AddBiasTanh(_pooler.Bias));
        return TrainingAttention.Dropped(_pass, pooled, _pass.PooledDropout(PoolerSite));
    }

    private MatrixView Classify(MatrixView first)
    {
        MatrixView dropped = Pool(first);
        MatrixView logits = _logits.Matrix(first.Rows, Config.LabelCount);
        _classifier.Forward(_pass, _pass.Input.Of(dropped), logits, new AddBias(_classifier.Bias));
        return logits;
    }

    /// <summary>From the logits' gradient to that of the first tokens' hidden states.</summary>
    private MatrixView ClassifyBackward(MatrixView first, MatrixView logitGradient)
    {
        MatrixView pooled = _pooled.Matrix(first.Rows, Config.HiddenSize);
        TrainingOperand logitOperand = _pass.Gradient.Of(logitGradient);
        _classifier.AddGradients(_pass, _pass.Input.Of(TrainingAttention.Dropped(_pass, pooled, _pass.PooledDropout(PoolerSite))), logitOperand);
        MatrixView pooledGradient = _pooledGradient.Matrix(first.Rows, Config.HiddenSize);
        _classifier.InputGradient(_pass, logitOperand, pooledGradient, add: false);
        return PoolBackward(first, pooledGradient);
    }

    /// <summary>From the gradient of what the heads read, which is overwritten, to that of the first tokens' hidden states.</summary>
    private MatrixView PoolBackward(MatrixView first, MatrixView pooledGradient)
    {
        MatrixView pooled = _pooled.Matrix(first.Rows, Config.HiddenSize);
        RowMap.Drop(_team, pooledGradient, _pass.PooledDropout(PoolerSite));
        RowMap.TanhBackward(_team, pooledGradient, pooled);
        TrainingOperand pooledOperand = _pass.Gradient.Of(pooledGradient);
        _pooler.AddGradients(_pass, _pass.Input.Of(TrainingAttention.Dropped(_pass, first, HeadDropout)), pooledOperand);
        MatrixView firstGradient = _firstGradient.Matrix(first.Rows, Config.HiddenSize);
        _pooler.InputGradient(_pass, pooledOperand, firstGradient, add: false);
        RowMap.Drop(_team, firstGradient, HeadDropout);
        return firstGradient;
    }

    /// <summary>From the first tokens' gradient down through the layers that ran, to the embedding tables.</summary>
    private void Backward(MatrixView firstGradient)
    {
        MatrixView gradient = _hiddenGradient.Matrix(_pass.Inputs.TokenCount, Config.HiddenSize);
        new Span<float>(gradient.Data, gradient.Rows * gradient.Columns).Clear();
        bool isSpread = _steps.Count == 0 || !_steps[^1].FirstOnly;
        if (isSpread)
        {
            AddToFirstTokens(firstGradient, gradient);
        }

        for (int i = _steps.Count - 1; i >= 0; i--)
        {
            LayerStep step = _steps[i];
            step.Backward(_pass, step.FirstOnly ? firstGradient : gradient, gradient);
            if (step.FirstOnly)
            {
                AddToFirstTokens(firstGradient, gradient);
            }

            step.Gathered?.Scatter(Gradients.Layers[step.Index]);
        }

        if (_pass.IsFrozen)
        {
            return;
        }

        RowMap.Drop(_team, gradient, _pass.HiddenDropout(EmbeddingSite));
        _embeddingNorm.Backward(_team, gradient);
        BatchInputs inputs = _pass.Inputs;
        EmbeddingSum.Backward(
            _team, new(_tableGradients[0].Pointer, inputs.Tokens), new(_tableGradients[1].Pointer, inputs.Positions), new(_tableGradients[2].Pointer, inputs.Types), gradient);
    }

    private MatrixView FirstTokens(MatrixView hidden)
    {
        MatrixView first = _first.Matrix(_pass.Inputs.Count, Config.HiddenSize);
        for (int i = 0; i < first.Rows; i++)
        {
            new ReadOnlySpan<float>(hidden.Row(_pass.Inputs.Offsets[i]), hidden.Columns).CopyTo(new Span<float>(first.Row(i), first.Columns));
        }

        return first;
    }

    private void AddToFirstTokens(MatrixView from, MatrixView to)
    {
        for (int i = 0; i < from.Rows; i++)
        {
            var row = new MatrixView(to.Row(_pass.Inputs.Offsets[i]), 1, to.Columns);
            RowMap.Add(_team, row, new MatrixView(from.Row(i), 1, from.Columns));
        }
    }

    private void PackIfStale()
    {
        if (!_isPacked)
        {
            foreach (TrainingLinear linear in _layers.SelectMany(layer => layer.Linears).Append(_pooler).Append(_classifier))
            {
                linear.Pack(_team);
            }

            _isPacked = true;
        }
    }

    private void ReleaseSteps()
    {
        foreach (LayerStep step in _steps)
        {
            step.Gathered?.Dispose();
        }

        _steps.Clear();
    }

    private static int LastLayer(SubNetwork subNetwork)
    {
        int last = subNetwork.Layers.Length - 1;
        while (last >= 0 && subNetwork.Layers[last].IsEmpty)
        {
            last--;
        }

        return last;
    }

    /// <summary>One layer of one pass, with its input.</summary>
    private sealed class LayerStep(int index, TrainingLayer layer, GatheredLayer? gathered, LayerSelection selection, MatrixView hidden, MatrixView rows, bool firstOnly)
    {
        private MatrixView _attended;

        public int Index => index;

        public GatheredLayer? Gathered => gathered;

        /// <summary>True in the last layer, whose queries and feed-forward are for first tokens only.</summary>
        public bool FirstOnly => firstOnly;

        public MatrixView Forward(TrainingPass pass)
        {
            _attended = selection.Heads.Count > 0 ? layer.Attention!.Forward(pass, selection.Heads.Count, rows, hidden, QueryOffsets(pass)) : rows;
            return selection.Units.Count > 0 ? layer.FeedForward!.Forward(pass, selection.Units.Count, _attended) : _attended;
        }

        public void Backward(TrainingPass pass, MatrixView gradient, MatrixView hiddenGradient)
        {
            pass.Masks?.Enter(index);
            if (selection.Units.Count > 0)
            {
                layer.FeedForward!.Backward(pass, selection.Units.Count, _attended, QueryOffsets(pass), gradient);
            }

            if (selection.Heads.Count > 0)
            {
                layer.Attention!.Backward(pass, selection.Heads.Count, rows, hidden, QueryOffsets(pass), gradient, hiddenGradient);
            }
        }

        private int* QueryOffsets(TrainingPass pass) => firstOnly ? pass.Inputs.Ordinals : pass.Inputs.Offsets;
    }
}
