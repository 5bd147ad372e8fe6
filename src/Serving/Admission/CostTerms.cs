namespace Endpoints.Serving.Admission;

/// <summary>What computing costs, in seconds: Fixed + PerToken · tokens + PerSquare · Σ length².</summary>
/// <param name="Fixed">Of a batch, however small.</param>
/// <param name="PerToken">Of each token.</param>
/// <param name="PerSquare">Of each unit of a row's squared length.</param>
internal readonly record struct CostTerms(double Fixed, double PerToken, double PerSquare)
{
    /// <summary>Seconds of work in one batch, or split into several.</summary>
    public double Seconds(Work work, double batches = 1) => (batches * Fixed) + (PerToken * work.Tokens) + (PerSquare * work.Squares);
}
