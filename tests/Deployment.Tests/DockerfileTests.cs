using System.Text.RegularExpressions;
using System.Xml.Linq;
using Endpoints.Tests;

namespace Endpoints.Deployment.Tests;

/// <summary>No container runtime builds the image in the tests, so what it takes from the repository is held against the repository.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));

    [Fact]
    public void Versions_ArePinned_AndThoseOfTheSources()
    {
        XElement properties = XElement.Load(Path.Combine(Repository.Root, "Directory.Build.props"));
        string version = properties.Descendants("VersionPrefix").Single().Value, framework = properties.Descendants("TargetFramework").Single().Value;
        Assert.Equal(version, Argument("VERSION"));
        Assert.Matches(@"^\d+\.\d+\.\d+$", Argument("SDK"));
        Assert.Matches(@"^\d+\.\d+\.\d+$", Argument("RUNTIME"));
        Assert.Equal(framework, $"net{Version.Parse(Argument("SDK")).ToString(2)}");
        Assert.Equal(framework, $"net{Version.Parse(Argument("RUNTIME")).ToString(2)}");
        Assert.All(From().Matches(Text), from => Assert.Matches(@":\$\{(SDK|RUNTIME)\}", from.Groups[1].Value));
        foreach (string overlay in (string[])["cpu", "keda"])
        {
            Assert.Equal(version, Manifests.Read($"{overlay}/kustomization.yaml").Single().List("images").Single().Text("newTag"));
        }
    }

    /// <summary>Everything that is copied is there, is not left out of the context, and is all that building takes.</summary>
    [Fact]
    public void Copies_AreOfTheRepository_AndEnough()
    {
        string[] ignored = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore"));
        string[] sources = [.. Copy().Matches(Text).SelectMany(copy => copy.Groups[1].Value.Split(' ')[..^1]).Select(source => source == "${MODELS}" ? Argument("MODELS") : source)];
        Assert.All(sources, source => Assert.NotEmpty(Directory.GetFileSystemEntries(Repository.Root, source)));
        Assert.All(sources, source => Assert.DoesNotContain(source.Split('/')[0], ignored));

        // What a build reads beside src: the files that its root folder has for builds, and what the command's project packs.
        string[] copied = [.. sources.SelectMany(source => Directory.GetFileSystemEntries(Repository.Root, source)).Select(path => Path.GetFileName(path))];
        string[] needed = [.. Directory.GetFiles(Repository.Root, "Directory.*").Select(path => Path.GetFileName(path)), "global.json", "BannedSymbols.txt", ".editorconfig", "src"];
        Assert.Empty(needed.Except(copied));
        string[] packed = [.. XElement.Load(Path.Combine(Repository.Root, "src", "Cli", "Cli.csproj")).Descendants("None").SelectMany(none => none.Attribute("Include")!.Value.Split(';'))];
        Assert.Empty(packed.Select(path => Path.GetFileName(path)).Except(copied));
        Assert.All(
            Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).SelectMany(project => XElement.Load(project).Descendants("ProjectReference")),
            reference => Assert.DoesNotContain("../../", reference.Attribute("Include")!.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void Image_SaysWhatItIs_AndRunsContained()
    {
        foreach (string label in (string[])["title", "description", "documentation", "licenses", "version", "revision", "base.name"])
        {
            Assert.Matches($@"org\.opencontainers\.image\.{Regex.Escape(label)}=""[^""]+""", Text);
        }

        // The second stage sees only arguments that it asks for.
        string second = Text[Text.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];
        Assert.All(Used().Matches(second[(second.IndexOf('\n', 1) + 1)..]).Select(match => match.Groups[1].Value).Distinct(), name => Assert.Matches($@"(?m)^ARG {name}\b", second));
        Assert.Contains("amd64) rid=linux-x64", Text, StringComparison.Ordinal);
        Assert.Contains("arm64) rid=linux-arm64", Text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^USER [1-9]\d*:[1-9]\d*$", Text);
        Assert.Matches(@"(?m)^HEALTHCHECK .*CMD \[""/usr/local/bin/endpoints"", ""health""\]$", Text);
        Assert.Matches(@"(?m)^STOPSIGNAL SIGTERM$", Text);
    }

    private static string Argument(string name) => Regex.Match(Text, $@"^ARG {name}=(\S+)$", RegexOptions.Multiline).Groups[1].Value;

    [GeneratedRegex(@"^FROM (?:--platform=\S+ )?(\S+)", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^COPY (?!--from)(.+)$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Used();
}
