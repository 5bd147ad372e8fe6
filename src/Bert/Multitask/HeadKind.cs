namespace Endpoints.Bert.Multitask;

/// <summary>What a head makes of pooled vectors. H is the hidden size; u and v are the pooled vectors of a pair's two texts, which are encoded apart from each other.</summary>
public enum HeadKind
{
    /// <summary>One sequence an example: logits W u + b, with W (labels × H); cross-entropy.</summary>
    Classification,

    /// <summary>Two sequences an example: one logit W [u; v] + b, with W (1 × 2H); binary cross-entropy. The second label is the one that a positive logit means.</summary>
    SiameseConcatenation,

    /// <summary>Two sequences an example: scale · cos(W u + b, W v + b), with one W (H × H) for both; absolute error.</summary>
    SiameseCosine,
}

/// <summary>The names of head kinds in files.</summary>
public static class HeadKindName
{
    /// <summary>All names, for messages.</summary>
    public const string All = "classification, siamese_concatenation or siamese_cosine";

    /// <summary>A kind's name.</summary>
    public static string Of(HeadKind kind) => kind switch
    {
        HeadKind.Classification => "classification",
        HeadKind.SiameseConcatenation => "siamese_concatenation",
        _ => "siamese_cosine",
    };

    /// <summary>The kind of that name; null where there is none.</summary>
    public static HeadKind? Find(string? name) => name switch
    {
        "classification" => HeadKind.Classification,
        "siamese_concatenation" => HeadKind.SiameseConcatenation,
        "siamese_cosine" => HeadKind.SiameseCosine,
        _ => null,
    };
}
