using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Endpoints.Bert.Checkpoints;

/// <summary>Reads <c>config.json</c> in transformers' own words; what would compute something else than a BERT or RoBERTa classifier is refused by name.</summary>
internal static class ConfigFile
{
    public const string Name = "config.json";

    /// <summary>Shapes of layers that transformers has no words for.</summary>
    public const string LayersField = "endpoint_layers";

    /// <summary>
    /// How the architecture of a multiple choice ends: transformers refuses a <c>problem_type</c> for it, and names in its config the labels that the
    /// model does not have, so that the architecture alone tells.
    /// </summary>
    public const string MultipleChoiceEnding = "ForMultipleChoice";

    /// <summary>The heads of a multitask network, which has no classifier and so no labels; the trunk is any BERT.</summary>
    public const string HeadsField = "endpoint_heads";

    // No model has as many; more is a broken file, and must not become a list of that length.
    private const int MaxLayers = 1_000;
    private const int MaxLabels = 100_000;

    /// <summary>Reads the file: the shape, and whether the encoder's linear weights are stored in int8.</summary>
    /// <exception cref="CheckpointException">It is missing, malformed, or describes a model that is not supported.</exception>
    public static (BertConfig Config, bool IsInt8) Read(string path) => JsonFile.Read(path, fields =>
    {
        var type = ModelType.Read(fields);
        RequireWord(fields, "hidden_act", "gelu");
        RequireWord(fields, "position_embedding_type", "absolute");
        if (fields.Flag("is_decoder"))
        {
            throw fields.Failure("is_decoder", "false, for only encoders are supported");
        }

        int hidden = fields.Integer("hidden_size", 1);
        int heads = fields.Integer("num_attention_heads", 1);
        if (hidden % heads != 0)
        {
            throw fields.Failure("num_attention_heads", $"a divisor of hidden_size {hidden}");
        }

        int vocabulary = fields.Integer("vocab_size", 1);
        bool isChoice = IsMultipleChoice(fields);
        ImmutableArray<string> labels = isChoice ? ReadChoiceLabel(fields) : ReadLabels(fields);
        bool isRoberta = type.Architecture == Architecture.Roberta;
        if (isChoice && isRoberta)
        {
            throw fields.Failure("architectures", "\"RobertaForSequenceClassification\": a multiple choice is supported for BERT");
        }

        int padding = fields.Integer("pad_token_id", 0, vocabulary - 1, absent: isRoberta ? 1 : 0);
        return (new BertConfig
        {
            Architecture = type.Architecture,
            VocabularySize = vocabulary,
            HiddenSize = hidden,
            HeadSize = hidden / heads,
            Layers = type.Form == LayerForm.Standard ? ReadLayers(fields, heads) : ReadOwnLayers(fields, heads),
            MaxPositions = fields.Integer("max_position_embeddings", isRoberta ? padding + 2 : 1),
            TypeVocabularySize = fields.Integer("type_vocab_size", 1, absent: 2),
            LayerNormEpsilon = fields.Number("layer_norm_eps", float.Epsilon, limit: 1, absent: 1e-12f),
            Labels = labels,
            ProblemType = ReadProblemType(fields, isChoice, labels.Length),
            PadTokenId = padding,
            HiddenDropout = fields.Number("hidden_dropout_prob", 0, limit: 1, absent: 0.1f),
            AttentionDropout = fields.Number("attention_probs_dropout_prob", 0, limit: 1, absent: 0.1f),
        }, type.Form == LayerForm.Int8);
    });

    /// <summary>A word out of those that are supported; the first where the field is absent, as transformers has it.</summary>
    private static string RequireWord(JsonFields fields, string name, params ReadOnlySpan<string> supported)
    {
        string word = fields.Text(name) ?? supported[0];
        return supported.Contains(word) ? word : throw fields.Failure(name, $"\"{string.Join("\" or \"", supported!)}\", which is what is supported");
    }

    /// <summary>Equal layers, less the heads that <c>pruned_heads</c> removes from some of them.</summary>
    private static ImmutableArray<LayerShape> ReadLayers(JsonFields fields, int heads)
    {
        int count = fields.Integer("num_hidden_layers", 0, MaxLayers);
        if (count == 0)
        {
            return [];
        }

        var layers = Enumerable.Repeat(new LayerShape(heads, fields.Integer("intermediate_size", 1)), count).ToArray();
        if (fields.Object("pruned_heads") is { } pruned)
        {
            foreach (string key in pruned.Element.EnumerateObject().Select(property => property.Name))
            {
                if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= count)
                {
                    throw fields.Failure("pruned_heads", $"lists of heads by layer, 0 to {count - 1}");
                }

                long[] removed = [.. pruned.Integers(key).Distinct()];
                if (removed.Any(head => head >= heads) || removed.Length == heads)
                {
                    throw pruned.Failure(key, $"some of the heads 0 to {heads - 1}, but not all, for a block without heads would still add its bias");
                }

                layers[index] = layers[index] with { Heads = heads - removed.Length };
            }
        }

        return [.. layers];
    }

    /// <summary>A shape for each layer, where 0 means that the block is absent: <c>[{"heads": 12, "units": 0}, ..]</c>.</summary>
    private static ImmutableArray<LayerShape> ReadOwnLayers(JsonFields fields, int heads) =>
        [.. fields.Objects(LayersField).Select(layer => new LayerShape(layer.Integer("heads", 0, heads), layer.Integer("units", 0)))];

    private static ImmutableArray<string> ReadLabels(JsonFields fields)
    {
        if (fields.Value(HeadsField) is not null)
        {
            return [];
        }

        string[]? labels = fields.Object("id2label") is { } names ? ReadNames(names)
            : fields.Object("label2id") is { } ids ? ReadIds(ids)
            : null;

        // transformers leaves both names and number out where they are its default.
        int count = fields.Integer("num_labels", 1, MaxLabels, absent: labels?.Length ?? 2);
        if (labels is not null && labels.Length != count)
        {
            throw fields.Failure("num_labels", $"{labels.Length}, the number of labels that are named");
        }

        return [.. labels ?? Enumerable.Range(0, count).Select(id => string.Create(CultureInfo.InvariantCulture, $"LABEL_{id}"))];
    }

    private static string[] ReadNames(JsonFields names)
    {
        var labels = new string[names.Element.EnumerateObject().Count()];
        for (int id = 0; id < labels.Length; id++)
        {
            string key = id.ToString(CultureInfo.InvariantCulture);
            labels[id] = names.Text(key) ?? throw names.Failure(key, "the name of a label");
        }

        RequireDistinct(names, labels);
        return labels;
    }

    private static string[] ReadIds(JsonFields ids)
    {
        string[] names = [.. ids.Element.EnumerateObject().Select(property => property.Name)];
        string[] labels = [.. names.OrderBy(name => ids.Integer(name, 0, names.Length - 1))];
        RequireDistinct(ids, [.. names.Select(name => ids.Integer(name, 0).ToString(CultureInfo.InvariantCulture))]);
        return labels;
    }

    private static void RequireDistinct(JsonFields owner, string[] values)
    {
        if (values.Length == 0 || values.Distinct().Count() != values.Length)
        {
            throw new CheckpointException($"{owner.Owner}: expected at least one label and none twice, found {JsonFile.Describe(owner.Element)}.");
        }
    }

    private static bool IsMultipleChoice(JsonFields fields) =>
        fields.Value("architectures") is { ValueKind: JsonValueKind.Array } names
        && names.EnumerateArray().Any(name => name.ValueKind == JsonValueKind.String && name.GetString()!.EndsWith(MultipleChoiceEnding, StringComparison.Ordinal));

    /// <summary>The name of the one logit; labels of another number are transformers' defaults and name nothing.</summary>
    private static ImmutableArray<string> ReadChoiceLabel(JsonFields fields) => ReadLabels(fields) is [var only] ? [only] : ["LABEL_0"];

    private static ProblemType ReadProblemType(JsonFields fields, bool isChoice, int labelCount)
    {
        ProblemType type = isChoice ? ProblemType.MultipleChoice : ProblemTypeFor(labelCount);
        string expected = ProblemTypeName.Of(type);
        return fields.Text("problem_type") is not { } text || text == expected
            ? type
            : throw fields.Failure("problem_type", isChoice ? $"left out for an architecture that ends in {MultipleChoiceEnding}" : $"\"{expected}\" for a model of {labelCount} label(s)");
    }

    /// <summary>One label is a regression, more are a classification.</summary>
    public static ProblemType ProblemTypeFor(int labelCount) => labelCount == 1 ? ProblemType.Regression : ProblemType.SingleLabelClassification;
}
