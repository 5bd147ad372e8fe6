using System.Globalization;
using System.Text.Json;
using Endpoints.Compute;

namespace Endpoints.Bert.Checkpoints;

/// <summary>Writes <c>config.json</c>: in transformers' own words where it has them, else as a model type of ours.</summary>
internal static class ConfigWriter
{
    /// <summary>Writes the file and reads it again: a config that cannot be said in it is found here and not when it is loaded.</summary>
    /// <exception cref="ArgumentException">The config cannot be expressed, for example because its head size does not divide the hidden size.</exception>
    public static void Write(string path, BertConfig config, Precision precision, Action<Utf8JsonWriter>? writeHeads = null)
    {
        using (var stream = File.Create(path))
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            WriteFields(json, config, precision, writeHeads);
        }

        if (Problem(path, config) is { } problem)
        {
            throw new ArgumentException($"This config cannot be expressed as {ConfigFile.Name}: {problem}", nameof(config));
        }
    }

    private static string? Problem(string path, BertConfig config)
    {
        try
        {
            return config.Equals(ConfigFile.Read(path).Config) ? null : "it reads back as another one.";
        }
        catch (CheckpointException exception)
        {
            return exception.Message;
        }
    }

    private static void WriteFields(Utf8JsonWriter json, BertConfig config, Precision precision, Action<Utf8JsonWriter>? writeHeads)
    {
        bool isSayable = config.Layers.All(layer => layer.Heads > 0 && layer.Units > 0 && layer.Units == config.Layers[0].Units);
        var type = new ModelType(config.Architecture, precision == Precision.Int8 ? LayerForm.Int8 : isSayable ? LayerForm.Standard : LayerForm.Own);
        int heads = config.HiddenSize / config.HeadSize;
        json.WriteStartObject();
        json.WriteString("model_type", type.Name);
        json.WriteNumber("vocab_size", config.VocabularySize);
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("num_attention_heads", heads);
        json.WriteNumber("num_hidden_layers", config.LayerCount);
        if (type.Form == LayerForm.Standard || config.ProblemType == ProblemType.MultipleChoice)
        {
            json.WriteStartArray("architectures");
            json.WriteStringValue(ClassName(config, type));
            json.WriteEndArray();
        }

        if (type.Form == LayerForm.Standard)
        {
            WriteLayers(json, config, heads);
        }
        else
        {
            WriteOwnLayers(json, config);
        }

        json.WriteNumber("max_position_embeddings", config.MaxPositions);
        json.WriteNumber("type_vocab_size", config.TypeVocabularySize);
        json.WriteNumber("layer_norm_eps", config.LayerNormEpsilon);
        json.WriteString("hidden_act", "gelu");
        json.WriteString("position_embedding_type", "absolute");
        json.WriteNumber("hidden_dropout_prob", config.HiddenDropout);
        json.WriteNumber("attention_probs_dropout_prob", config.AttentionDropout);
        json.WriteNumber("pad_token_id", config.PadTokenId);
        if (writeHeads is null)
        {
            WriteLabels(json, config);
        }
        else
        {
            writeHeads(json);
        }

        if (precision != Precision.Int8)
        {
            json.WriteString("torch_dtype", PrecisionName.Of(precision));
        }

        json.WriteEndObject();
    }

    /// <summary>What transformers calls the class.</summary>
    private static string ClassName(BertConfig config, ModelType type) =>
        config.LabelCount == 0 ? type.TrunkName : config.ProblemType == ProblemType.MultipleChoice ? $"Bert{ConfigFile.MultipleChoiceEnding}" : type.ClassName;

    private static void WriteLayers(Utf8JsonWriter json, BertConfig config, int heads)
    {
        json.WriteNumber("intermediate_size", config.MaxUnits);
        if (config.Layers.All(layer => layer.Heads == heads))
        {
            return;
        }

        // Only their number matters: the stored tensors hold the kept heads alone.
        json.WriteStartObject("pruned_heads");
        for (int i = 0; i < config.LayerCount; i++)
        {
            if (config.Layers[i].Heads < heads)
            {
                json.WriteStartArray(Id(i));
                for (int head = config.Layers[i].Heads; head < heads; head++)
                {
                    json.WriteNumberValue(head);
                }

                json.WriteEndArray();
            }
        }

        json.WriteEndObject();
    }

    private static void WriteOwnLayers(Utf8JsonWriter json, BertConfig config)
    {
        json.WriteStartArray(ConfigFile.LayersField);
        foreach (LayerShape layer in config.Layers)
        {
            json.WriteStartObject();
            json.WriteNumber("heads", layer.Heads);
            json.WriteNumber("units", layer.Units);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLabels(Utf8JsonWriter json, BertConfig config)
    {
        if (config.ProblemType != ProblemType.MultipleChoice)
        {
            json.WriteString("problem_type", ProblemTypeName.Of(config.ProblemType));
        }

        json.WriteNumber("num_labels", config.LabelCount);
        json.WriteStartObject("id2label");
        for (int i = 0; i < config.LabelCount; i++)
        {
            json.WriteString(Id(i), config.Labels[i]);
        }

        json.WriteEndObject();
        json.WriteStartObject("label2id");
        for (int i = 0; i < config.LabelCount; i++)
        {
            json.WriteNumber(config.Labels[i], i);
        }

        json.WriteEndObject();
    }

    private static string Id(int value) => value.ToString(CultureInfo.InvariantCulture);
}
