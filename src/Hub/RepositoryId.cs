using System.Text.RegularExpressions;

namespace Endpoints.Hub;

/// <summary>A repository of the hub: <c>OWNER/NAME</c>, or a <c>NAME</c> alone for the oldest ones.</summary>
public sealed partial record RepositoryId
{
    private RepositoryId(string text) => Text = text;

    /// <summary>As users write it.</summary>
    public string Text { get; }

    /// <summary>Its folder's name in the cache.</summary>
    internal string FolderName => $"models--{Text.Replace("/", "--", StringComparison.Ordinal)}";

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RepositoryId Parse(string text) => TryParse(text)
        ?? throw new FormatException($"'{text}' is no id of a model: expected OWNER/NAME, for example google-bert/bert-base-cased.");

    /// <summary>Reads an id; null where it is none.</summary>
    public static RepositoryId? TryParse(string text) =>
        text.Length <= 96 && Form().IsMatch(text) && !text.Contains("--", StringComparison.Ordinal) && !text.Contains("..", StringComparison.Ordinal) ? new RepositoryId(text) : null;

    /// <inheritdoc/>
    public override string ToString() => Text;

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)?\\z")]
    private static partial Regex Form();
}
