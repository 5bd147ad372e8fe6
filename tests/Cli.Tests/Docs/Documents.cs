using System.Text;
using System.Text.RegularExpressions;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Docs;

/// <summary>README, CHANGELOG and every page of docs.</summary>
internal static partial class Documents
{
    /// <summary>Paths relative to the repository's root.</summary>
    public static TheoryData<string> All =>
    [
        .. Directory.GetFiles(Repository.Root, "*.md").Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal),
    ];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    /// <summary>Where links lead, images included; what stands in code is no link.</summary>
    public static IEnumerable<string> LinksIn(string text) => Link().Matches(Code().Replace(text, "")).Select(match => match.Groups[1].Value);

    /// <summary>The anchors that headings make, as GitHub names them.</summary>
    public static IReadOnlySet<string> AnchorsIn(string text)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match heading in Heading().Matches(Fence().Replace(text, "")))
        {
            string name = LinkText().Replace(heading.Groups[1].Value, "$1").Trim().ToLowerInvariant();
            string anchor = string.Concat(name.Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');
            for (int copy = 0; !anchors.Add(copy == 0 ? anchor : $"{anchor}-{copy}"); copy++)
            {
            }
        }

        return anchors;
    }

    /// <summary>Calls of <c>endpoints</c> as arguments: those of code blocks, and those that stand in the text as code.</summary>
    public static IEnumerable<(string Line, bool IsInText)> CallsIn(string text)
    {
        foreach (Match fence in Fence().Matches(text))
        {
            foreach (string line in fence.Groups[2].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
            {
                if (fence.Groups[1].Value is "bash" or "" && Call().Match(line) is { Success: true } call)
                {
                    yield return (call.Groups[1].Success ? call.Groups[1].Value : call.Groups[2].Value, false);
                }
            }
        }

        foreach (Match code in InlineCode().Matches(Fence().Replace(text, "")))
        {
            yield return (code.Groups[1].Value.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal), true);
        }
    }

    /// <summary>The words of a line as a shell splits them, up to what ends a command.</summary>
    public static IReadOnlyList<string> Words(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        foreach (char letter in line)
        {
            if (quote != '\0')
            {
                quote = letter == quote ? '\0' : quote;
                word = letter == quote || quote == '\0' ? word : word!.Append(letter);
            }
            else if (letter is '\'' or '"')
            {
                quote = letter;
                word ??= new StringBuilder();
            }
            else if (char.IsWhiteSpace(letter) || (letter is '|' or ';' or '&' or '<' or ')') || (letter is '>' or '#' && word is null))
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                    word = null;
                }

                if (!char.IsWhiteSpace(letter))
                {
                    return words;
                }
            }
            else
            {
                (word ??= new StringBuilder()).Append(letter);
            }
        }

        return word is null ? words : [.. words, word.ToString()];
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"(?:^|[/ ])endpoints (?=[a-z-])(.*)$|--project src/Cli -- (.*)$")]
    private static partial Regex Call();

    [GeneratedRegex(@"`endpoints ([a-z][^`\n]*)`")]
    private static partial Regex InlineCode();
}
