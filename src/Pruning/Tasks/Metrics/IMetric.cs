namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>How good predictions are. Larger is better, 1 is perfect.</summary>
public interface IMetric
{
    /// <summary>Its name in files and reports, for example <c>accuracy</c>.</summary>
    string Name { get; }

    /// <summary>True where it scores real values, false where it scores labels or choices.</summary>
    bool IsOfValues => false;

    /// <summary>True where there have to be two labels, the second of which is the positive one.</summary>
    bool IsOfTwoLabels => false;

    /// <summary>Scores predictions.</summary>
    /// <param name="predictions">Predicted label (its index) or value of each example; at least one.</param>
    /// <param name="targets">The right label or value of each, as many.</param>
    /// <returns>The score; NaN where it is undefined, as a correlation with a constant is.</returns>
    /// <exception cref="ArgumentException">There are no predictions, or not as many as targets.</exception>
    double Score(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets);
}
