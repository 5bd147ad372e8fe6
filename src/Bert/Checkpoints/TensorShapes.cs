namespace Endpoints.Bert.Checkpoints;

/// <summary>
/// The names and shapes of <see cref="BertParameters.Tensors"/>, without the memory: a checkpoint is checked whole before any of it is allocated,
/// so a wrong size in config.json ends as a sentence and not as a lack of memory.
/// </summary>
internal static class TensorShapes
{
    /// <summary>Every tensor of a config, in the order of <see cref="BertParameters.Tensors"/>.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Of(BertConfig config)
    {
        int hidden = config.HiddenSize;
        var names = TensorNames.Of(config.Architecture);
        return
        [
            ($"{names.Encoder}.embeddings.word_embeddings.weight", [config.VocabularySize, hidden]),
            ($"{names.Encoder}.embeddings.position_embeddings.weight", [config.MaxPositions, hidden]),
            ($"{names.Encoder}.embeddings.token_type_embeddings.weight", [config.TypeVocabularySize, hidden]),
            .. Norm($"{names.Encoder}.embeddings.LayerNorm", hidden),
            .. config.Layers.SelectMany((layer, index) => Layer($"{names.Encoder}.encoder.layer.{index}", hidden, layer.Heads * config.HeadSize, layer.Units)),
            .. Linear(names.Pooler, hidden, hidden),
            .. config.LabelCount > 0 ? Linear(names.Classifier, config.LabelCount, hidden) : [],
        ];
    }

    private static IEnumerable<(string Name, int[] Shape)> Layer(string name, int hidden, int attention, int units)
    {
        IEnumerable<(string, int[])> attentionBlock =
        [
            .. Linear($"{name}.attention.self.query", attention, hidden),
            .. Linear($"{name}.attention.self.key", attention, hidden),
            .. Linear($"{name}.attention.self.value", attention, hidden),
            .. Linear($"{name}.attention.output.dense", hidden, attention),
            .. Norm($"{name}.attention.output.LayerNorm", hidden),
        ];
        IEnumerable<(string, int[])> feedForwardBlock =
        [
            .. Linear($"{name}.intermediate.dense", units, hidden),
            .. Linear($"{name}.output.dense", hidden, units),
            .. Norm($"{name}.output.LayerNorm", hidden),
        ];
        return [.. attention > 0 ? attentionBlock : [], .. units > 0 ? feedForwardBlock : []];
    }

    private static IEnumerable<(string Name, int[] Shape)> Linear(string name, int outputs, int inputs) =>
        [($"{name}.weight", [outputs, inputs]), ($"{name}.bias", [outputs])];

    private static IEnumerable<(string Name, int[] Shape)> Norm(string name, int width) =>
        [($"{name}.weight", [width]), ($"{name}.bias", [width])];
}
