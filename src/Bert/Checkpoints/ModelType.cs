namespace Endpoints.Bert.Checkpoints;

/// <summary>How a checkpoint's layers are written down and stored.</summary>
internal enum LayerForm
{
    /// <summary>In transformers' own words: a whole model, or a sub-network whose layers all keep heads and the same units.</summary>
    Standard,

    /// <summary>
    /// Layers that transformers has no words for: their shapes stand in <see cref="ConfigFile.LayersField"/>.
    /// Another program refuses the type; under its own it would fill an absent block with random weights.
    /// </summary>
    Own,

    /// <summary>Any layers, whose linear weights are stored in int8: a program that took them for floats would compute nonsense.</summary>
    Int8,
}

/// <summary>The <c>model_type</c> of a config: transformers' own, or one of ours that begins with <c>endpoints_</c>.</summary>
/// <param name="Architecture">Whose layout.</param>
/// <param name="Form">How the layers are written down.</param>
internal readonly record struct ModelType(Architecture Architecture, LayerForm Form)
{
    private static readonly ModelType[] All =
        [.. from architecture in Enum.GetValues<Architecture>() from form in Enum.GetValues<LayerForm>() select new ModelType(architecture, form)];

    /// <summary>The word that stands in the file.</summary>
    public string Name
    {
        get
        {
            string architecture = Architecture == Architecture.Roberta ? "roberta" : "bert";
            return Form switch
            {
                LayerForm.Standard => architecture,
                LayerForm.Own => $"endpoints_{architecture}",
                _ => $"endpoints_{architecture}_int8",
            };
        }
    }

    /// <summary>What transformers calls the class of a standard checkpoint.</summary>
    public string ClassName => Architecture == Architecture.Roberta ? "RobertaForSequenceClassification" : "BertForSequenceClassification";

    /// <summary>What transformers calls the class of a trunk without a classifier.</summary>
    public string TrunkName => Architecture == Architecture.Roberta ? "RobertaModel" : "BertModel";

    /// <summary>The type that a config names; BERT where it names none.</summary>
    public static ModelType Read(JsonFields fields)
    {
        string name = fields.Text("model_type") ?? "bert";
        return All.Cast<ModelType?>().FirstOrDefault(type => type!.Value.Name == name) ?? throw fields.Failure("model_type", name is "xlm-roberta" or "camembert"
            ? "\"bert\" or \"roberta\": this one's tokenizer is SentencePiece, which is not supported"
            : "\"bert\" or \"roberta\", which is what is supported");
    }
}
