namespace Endpoints.Bert;

/// <summary>Problem types by the names that transformers gives them, and one of our own where it has none.</summary>
public static class ProblemTypeName
{
    /// <summary>The name, for example <c>single_label_classification</c>.</summary>
    public static string Of(ProblemType type) => type switch
    {
        ProblemType.Regression => "regression",
        ProblemType.MultipleChoice => "multiple_choice",
        _ => "single_label_classification",
    };
}
