using Endpoints.Tests;
using YamlDotNet.RepresentationModel;

namespace Endpoints.Deployment.Tests;

/// <summary>The manifests as a cluster would get them, and paths into them.</summary>
internal static class Manifests
{
    public static string Root { get; } = Path.Combine(Repository.Root, "k8s");

    /// <summary>What <c>kubectl kustomize</c> makes of a folder.</summary>
    public static IReadOnlyList<YamlMappingNode> Render(string folder)
    {
        (int code, string output, string error) = Tool.Run("kubectl", "kustomize", folder);
        Assert.True(code == 0, error);
        return Parse(output);
    }

    public static IReadOnlyList<YamlMappingNode> Read(string file) => Parse(File.ReadAllText(Path.Combine(Root, file)));

    public static IEnumerable<YamlMappingNode> Kind(this IEnumerable<YamlMappingNode> all, string kind) => all.Where(node => node.Text("kind") == kind);

    public static string Name(this YamlMappingNode node) => node.Text("metadata.name")!;

    /// <summary>The node at a path of keys; null where there is none.</summary>
    public static YamlNode? At(this YamlNode node, string path)
    {
        YamlNode? found = node;
        foreach (string key in path.Split('.'))
        {
            found = found is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? child) ? child : null;
        }

        return found;
    }

    public static string? Text(this YamlNode node, string path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IReadOnlyList<YamlMappingNode> List(this YamlNode node, string path) =>
        node.At(path) is YamlSequenceNode sequence ? [.. sequence.Children.Cast<YamlMappingNode>()] : [];

    public static IReadOnlyDictionary<string, string> Map(this YamlNode node, string path) =>
        node.At(path) is YamlMappingNode map ? map.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value ?? "") : new Dictionary<string, string>();

    /// <summary>Containers and init containers of anything that makes pods.</summary>
    public static IEnumerable<YamlMappingNode> Containers(this YamlMappingNode workload) =>
        workload.List("spec.template.spec.initContainers").Concat(workload.List("spec.template.spec.containers"));

    private static List<YamlMappingNode> Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }
}
