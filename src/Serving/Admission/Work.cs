namespace Endpoints.Serving.Admission;

/// <summary>What the time of computing depends on.</summary>
/// <param name="Rows">Sequences.</param>
/// <param name="Tokens">Tokens of all of them: linear layers.</param>
/// <param name="Squares">Sum of their squared lengths: attention.</param>
internal readonly record struct Work(long Rows, long Tokens, long Squares)
{
    /// <summary>A row of so many tokens.</summary>
    public static Work OfRow(int length) => new(1, length, (long)length * length);

    public static Work operator +(Work left, Work right) => new(left.Rows + right.Rows, left.Tokens + right.Tokens, left.Squares + right.Squares);

    public static Work operator -(Work left, Work right) => new(left.Rows - right.Rows, left.Tokens - right.Tokens, left.Squares - right.Squares);
}
