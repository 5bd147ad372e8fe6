using System.CommandLine;
using Endpoints.Tests;
using Spectre.Console;

namespace Endpoints.Cli.Tests.Docs;

/// <summary>What the documents refer to is there: pages, headings, commands and their options.</summary>
public sealed class DocumentTests
{
    [Theory, MemberData(nameof(Documents.All), MemberType = typeof(Documents))]
    public void Links_OfADocument_LeadSomewhere(string path)
    {
        var broken = new List<string>();
        foreach (string link in Documents.LinksIn(Documents.Read(path)).Where(link => !link.StartsWith("http", StringComparison.Ordinal)))
        {
            string[] parts = link.Split('#');
            string target = parts[0].Length == 0 ? path : Path.Combine(Path.GetDirectoryName(path)!, parts[0]);
            string full = Path.Combine(Repository.Root, target);
            if (!File.Exists(full) && !Directory.Exists(full))
            {
                broken.Add($"{link}: no such file");
            }
            else if (parts.Length > 1 && !Documents.AnchorsIn(Documents.Read(target)).Contains(parts[1]))
            {
                broken.Add($"{link}: no such heading");
            }
        }

        Assert.Empty(broken);
    }

    [Theory, MemberData(nameof(Documents.All), MemberType = typeof(Documents))]
    public void Calls_OfADocument_AreOnesThatTheCommandTakes(string path)
    {
        var wrong = new List<string>();
        foreach ((string line, bool isInText) in Documents.CallsIn(Documents.Read(path)))
        {
            // In the text, or with an ellipsis, a call may leave out what every call needs; a shell's variable may be any value.
            IReadOnlyList<string> words = Documents.Words(line);
            bool isPart = isInText || words.Contains("...");
            ParseResult parsed = Application.Root(Host()).Parse([.. words.Where(word => word != "...")]);
            wrong.AddRange(parsed.Errors.Select(error => error.Message)
                .Where(error => !(isPart && error.Contains("required", StringComparison.OrdinalIgnoreCase)) && !error.Contains('$', StringComparison.Ordinal))
                .Select(error => $"endpoints {line}: {error}"));
        }

        Assert.Empty(wrong);
    }

    /// <summary>Every page is one click from the index.</summary>
    [Fact]
    public void Index_OfTheDocuments_NamesEveryPage()
    {
        string[] linked = [.. Documents.LinksIn(Documents.Read("docs/README.md")).Select(link => link.Split('#')[0])];
        string[] pages = [.. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(file => Path.GetFileName(file)).Where(name => name != "README.md")];
        Assert.Empty(pages.Except(linked));
    }

    /// <summary>The tests above would be silent if nothing were found.</summary>
    [Fact]
    public void Documents_HaveLinksAndCalls()
    {
        string text = "see [a](b.md#c-d) `[x](y)`\n## C: d!\n```bash\nfor i in 1; do X=1 endpoints serve --urls 'a b' \\\n  --threads 1 & done\ndotnet run -c Release --project src/Cli -- doctor --json | jq .   # more\n```\nuse `endpoints plan FOLDER [--json]`";
        Assert.Equal(["b.md#c-d"], Documents.LinksIn(text));
        Assert.Equal(["c-d"], Documents.AnchorsIn(text));
        Assert.Equal(["serve|--urls|a b|--threads|1", "doctor|--json", "plan|FOLDER|--json"], Documents.CallsIn(text).Select(call => string.Join('|', Documents.Words(call.Line))));
        Assert.True(Documents.CallsIn(Documents.Read("README.md")).Count() > 10);
    }

    private static CliHost Host() => new() { Input = TextReader.Null, Output = TextWriter.Null, Error = TextWriter.Null, Terminal = AnsiConsole.Console, IsInteractive = false };
}
