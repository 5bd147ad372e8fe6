using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Onnx;

/// <summary>
/// A BERT or RoBERTa sequence classifier as an ONNX graph of standard operators: (batch × sequence) ids, mask and types in, (batch × labels) logits out.
/// </summary>
/// <remarks>
/// The order of the operators and of their inputs is the one that ONNX Runtime's own optimiser recognises, so that it fuses embeddings, attention
/// (where a layer keeps all heads), GELU, biases and residual LayerNorms; every other runtime computes the same from the same graph.
/// </remarks>
internal sealed class BertGraph
{
    private const string Batch = "batch", Sequence = "sequence";

    /// <summary>Added to the scores of padding: after softmax it is an exact zero. The value is the one that ONNX Runtime looks for.</summary>
    private const float Masked = -10_000;

    private readonly BertParameters _parameters;
    private readonly ILinearNodes _linear;
    private readonly TensorNames _names;
    private readonly OnnxGraph _graph;

    private BertGraph(BertParameters parameters, ILinearNodes linear)
    {
        _parameters = parameters;
        _linear = linear;
        _names = TensorNames.Of(parameters.Config.Architecture);
        _graph = new OnnxGraph(_names.Encoder);
    }

    private BertConfig Config => _parameters.Config;

    /// <summary>Builds the graph of everything that <paramref name="parameters"/> hold.</summary>
    public static OnnxGraph Build(BertParameters parameters, ILinearNodes linear)
    {
        var bert = new BertGraph(parameters, linear);
        bert.Build();
        return bert._graph;
    }

    private void Build()
    {
        string ids = _graph.Input("input_ids", OnnxType.Int64, Batch, Sequence);
        string mask = _graph.Input("attention_mask", OnnxType.Int64, Batch, Sequence);
        string types = _graph.Input("token_type_ids", OnnxType.Int64, Batch, Sequence);
        string hidden = Embeddings(ids, types);
        string bias = MaskBias(mask);
        for (int i = 0; i < _parameters.Layers.Count; i++)
        {
            string layer = $"{_names.Encoder}.encoder.layer.{i}";
            if (_parameters.Layers[i].Attention is { } attention)
            {
                hidden = Attention($"{layer}.attention", attention, Config.Layers[i].Heads, hidden, bias);
            }

            if (_parameters.Layers[i].FeedForward is { } feedForward)
            {
                hidden = FeedForward(layer, feedForward, hidden);
            }
        }

        Head(hidden);
        _graph.Output("logits", OnnxType.Float32, Batch, $"{Config.LabelCount}");
    }

    /// <summary>LayerNorm(word + position + type).</summary>
    private string Embeddings(string ids, string types)
    {
        string name = $"{_names.Encoder}.embeddings";
        string shape = _graph.Node("Shape", $"{name}.shape", [ids]);
        string length = _graph.Node("Gather", $"{name}.length", [shape, Integer($"{name}.one", 1)]);
        string range = _graph.Node("Range", $"{name}.range", [Integer($"{name}.first", Config.FirstPosition), End(name, length), Integer($"{name}.step", 1)]);
        string row = _graph.Node("Unsqueeze", $"{name}.row", [range, Integers($"{name}.row_axes", 0)]);
        string positions = _graph.Node("Expand", $"{name}.positions", [row, shape]);
        string words = Rows($"{name}.word_embeddings", Config.VocabularySize, _parameters.WordEmbeddings, ids);
        string places = Rows($"{name}.position_embeddings", Config.MaxPositions, _parameters.PositionEmbeddings, positions);
        string segments = Rows($"{name}.token_type_embeddings", Config.TypeVocabularySize, _parameters.TypeEmbeddings, types);
        string placed = _graph.Node("Add", $"{name}.placed", [words, places]);
        return Norm($"{name}.LayerNorm", _parameters.EmbeddingNorm, _graph.Node("Add", $"{name}.sum", [placed, segments]));
    }

    /// <summary>The position after the last: the length where positions begin at 0, in the form that ONNX Runtime recognises.</summary>
    private string End(string name, string length) => Config.FirstPosition == 0
        ? length
        : _graph.Node("Add", $"{name}.end", [length, Integer($"{name}.offset", Config.FirstPosition)]);

    /// <summary>(1 - mask) · -10000 in the shape (batch × 1 × 1 × sequence).</summary>
    private string MaskBias(string mask)
    {
        string name = $"{_names.Encoder}.mask";
        if (Config.MaxHeads == 0)
        {
            return "";
        }

        string rows = _graph.Node("Unsqueeze", $"{name}.rows", [mask, Integers($"{name}.rows_axes", 1)]);
        string heads = _graph.Node("Unsqueeze", $"{name}.heads", [rows, Integers($"{name}.heads_axes", 2)]);
        string kept = _graph.Node("Cast", $"{name}.kept", [heads], OnnxAttribute.Of("to", (long)OnnxType.Float32));
        string padding = _graph.Node("Sub", $"{name}.padding", [Single($"{name}.one", 1), kept]);
        return _graph.Node("Mul", $"{name}.bias", [padding, Single($"{name}.masked", Masked)]);
    }

    /// <summary>LayerNorm(softmax(Q Kᵀ / √d + mask) V W_Oᵀ + b_O + x).</summary>
    private string Attention(string name, AttentionParameters block, int heads, string hidden, string maskBias)
    {
        string split = Integers($"{name}.split", 0, 0, heads, Config.HeadSize);
        string q = Heads($"{name}.self.query", block.Query, hidden, split, 0, 2, 1, 3);
        string k = Heads($"{name}.self.key", block.Key, hidden, split, 0, 2, 3, 1);
        string v = Heads($"{name}.self.value", block.Value, hidden, split, 0, 2, 1, 3);
        string products = _graph.Node("MatMul", $"{name}.products", [q, k]);
        string scores = _graph.Node("Div", $"{name}.scores", [products, Single($"{name}.root", MathF.Sqrt(Config.HeadSize))]);
        string weights = _graph.Node("Softmax", $"{name}.weights", [_graph.Node("Add", $"{name}.masked", [scores, maskBias])], OnnxAttribute.Of("axis", 3));
        string context = _graph.Node("MatMul", $"{name}.context", [weights, v]);
        string turned = _graph.Node("Transpose", $"{name}.turned", [context], OnnxAttribute.Of("perm", 0, 2, 1, 3));
        string joined = _graph.Node("Reshape", $"{name}.joined", [turned, Integers($"{name}.join", 0, 0, heads * Config.HeadSize)]);
        return Residual($"{name}.output", block.Output, block.Norm, joined, hidden);
    }

    /// <summary>LayerNorm(GELU(x W_upᵀ + b_up) W_downᵀ + b_down + x), GELU with erf.</summary>
    private string FeedForward(string layer, FeedForwardParameters block, string hidden)
    {
        string name = $"{layer}.intermediate";
        string x = _linear.Add(_graph, $"{name}.dense", block.Up, hidden);
        string scaled = _graph.Node("Div", $"{name}.scaled", [x, Single($"{name}.root", MathF.Sqrt(2))]);
        string erf = _graph.Node("Erf", $"{name}.erf", [scaled]);
        string twice = _graph.Node("Mul", $"{name}.twice", [x, _graph.Node("Add", $"{name}.cumulative", [erf, Single($"{name}.one", 1)])]);
        string activations = _graph.Node("Mul", $"{name}.activations", [twice, Single($"{name}.half", 0.5f)]);
        return Residual($"{layer}.output", block.Down, block.Norm, activations, hidden);
    }

    /// <summary>tanh of the pooler over first tokens, then the classifier.</summary>
    private void Head(string hidden)
    {
        string first = _graph.Node("Gather", $"{_names.Pooler}.first", [hidden, Integer($"{_names.Pooler}.index", 0)], OnnxAttribute.Of("axis", 1));
        string pooled = _graph.Node("Tanh", $"{_names.Pooler}.tanh", [_linear.Add(_graph, _names.Pooler, _parameters.Pooler, first)]);
        string logits = _linear.Add(_graph, _names.Classifier, _parameters.Classifier, pooled);
        _graph.Node("Identity", "logits", [logits]);
    }

    private string Residual(string name, LinearParameters linear, NormParameters norm, string x, string residual)
    {
        string sum = _graph.Node("Add", $"{name}.sum", [_linear.Add(_graph, $"{name}.dense", linear, x), residual]);
        return Norm($"{name}.LayerNorm", norm, sum);
    }

    /// <summary>A linear layer's outputs as (batch × heads × sequence × head size), or as the permutation says.</summary>
    private string Heads(string name, LinearParameters linear, string x, string split, params ReadOnlySpan<long> permutation)
    {
        string parts = _graph.Node("Reshape", $"{name}.parts", [_linear.Add(_graph, name, linear, x), split]);
        return _graph.Node("Transpose", $"{name}.heads", [parts], OnnxAttribute.Of("perm", permutation));
    }

    private string Norm(string name, NormParameters norm, string x)
    {
        string gamma = _graph.Constant(OnnxTensor.Of($"{name}.weight", [norm.Width], norm.Gamma));
        string beta = _graph.Constant(OnnxTensor.Of($"{name}.bias", [norm.Width], norm.Beta));
        return _graph.Node("LayerNormalization", name, [x, gamma, beta], OnnxAttribute.Of("axis", -1), OnnxAttribute.Of("epsilon", Config.LayerNormEpsilon));
    }

    private string Rows(string name, int rows, float[] table, string indices) =>
        _graph.Node("Gather", name, [_graph.Constant(OnnxTensor.Of($"{name}.weight", [rows, Config.HiddenSize], table)), indices]);

    private string Integers(string name, params long[] values) => _graph.Constant(OnnxTensor.Of(name, values));

    private string Integer(string name, long value) => _graph.Constant(OnnxTensor.Scalar(name, value));

    private string Single(string name, float value) => _graph.Constant(OnnxTensor.Scalar(name, value));
}
