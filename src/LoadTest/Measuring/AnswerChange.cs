namespace Endpoints.LoadTest.Measuring;

/// <summary>An answer beside the first one to the same question.</summary>
internal enum AnswerChange
{
    /// <summary>It says the same.</summary>
    Same,

    /// <summary>It says something else, and neither was right, or which is right is not known.</summary>
    Other,

    /// <summary>The first was right, this one is not.</summary>
    ToWrong,

    /// <summary>The first was not right, this one is.</summary>
    ToRight,
}
