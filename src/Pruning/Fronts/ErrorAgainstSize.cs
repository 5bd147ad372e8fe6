namespace Endpoints.Pruning.Fronts;

/// <summary>The best that methods of any kind reach under each size limit (figure 8 of the paper): what their curves of error against size are made of.</summary>
public static class ErrorAgainstSize
{
    /// <summary>The paper's limits: 21 shares of the unpruned parameter count, evenly from 20 to 99 %.</summary>
    public static IReadOnlyList<double> Limits { get; } = [.. Enumerable.Range(0, 21).Select(i => 0.2 + (0.79 * i / 20))];

    /// <summary>Of the points below each limit, the one with the least validation error, the first of equals; null where no point is below it.</summary>
    /// <param name="shares">Parameters of each point as a share of the unpruned count.</param>
    /// <param name="validationErrors">Its error on the validation part, by which it is chosen. What is plotted is its metric on the test part.</param>
    /// <param name="limits">Limits; a point must be below one.</param>
    public static int?[] Best(IReadOnlyList<double> shares, IReadOnlyList<double> validationErrors, IReadOnlyList<double> limits) =>
        [.. limits.Select(limit => Enumerable.Range(0, shares.Count)
            .Where(i => shares[i] < limit)
            .OrderBy(i => validationErrors[i])
            .Select(i => (int?)i)
            .FirstOrDefault())];
}
