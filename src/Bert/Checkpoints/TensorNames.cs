namespace Endpoints.Bert.Checkpoints;

/// <summary>What an architecture calls its parts in a Hugging Face checkpoint.</summary>
/// <param name="Encoder">Begins the names of embeddings and layers.</param>
/// <param name="Pooler">The layer before tanh: RoBERTa's is part of the head, and one that a pretrained RoBERTa may hold besides is not it.</param>
/// <param name="Classifier">The layer that gives the logits.</param>
internal sealed record TensorNames(string Encoder, string Pooler, string Classifier)
{
    /// <summary>Begins the names of the classification head, which a pretrained model lacks.</summary>
    public const string Head = "classifier.";

    private static readonly TensorNames Bert = new("bert", "bert.pooler.dense", "classifier");
    private static readonly TensorNames Roberta = new("roberta", "classifier.dense", "classifier.out_proj");

    /// <summary>The names of an architecture.</summary>
    public static TensorNames Of(Architecture architecture) => architecture == Architecture.Roberta ? Roberta : Bert;
}
