using System.Text;
using Endpoints.Hub;

namespace Endpoints.Cli.Pull;

/// <summary>SST-5 from its trees, one a line, such as <c>(3 (2 It) (4 works))</c>: the words of a whole sentence and the label of its root, 0 to 4.</summary>
internal static class SentimentTrees
{
    /// <exception cref="HubException">A line is no tree.</exception>
    public static void Write(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string part in (string[])["train", "dev", "test"])
        {
            IEnumerable<string> lines = File.ReadLines(Path.Combine(from, "trees", $"{part}.txt")).Where(line => line.Length > 0).Select(line => $"{Words(line)}\t{line[1]}");
            File.WriteAllText(Path.Combine(to, $"{part}.tsv"), string.Join('\n', lines.Prepend("sentence\tlabel")) + "\n");
        }
    }

    /// <summary>A word stands between its label and a closing bracket. Brackets and slashes inside of words are written as in the Penn treebank.</summary>
    private static string Words(string tree)
    {
        if (tree.Length < 5 || tree[0] != '(' || tree[1] is < '0' or > '4')
        {
            throw new HubException($"A line of SST-5 is '{tree}': expected a tree such as (3 (2 It) (4 works)).");
        }

        var words = new StringBuilder();
        for (int end = tree.IndexOf(')', StringComparison.Ordinal), start = 0; end >= 0; start = end + 1, end = tree.IndexOf(')', start))
        {
            // Between two closing brackets there is no word.
            int word = tree.LastIndexOf(' ', end);
            if (word > start)
            {
                words.Append(words.Length > 0 ? " " : "").Append(tree, word + 1, end - word - 1);
            }
        }

        return words.Replace("-LRB-", "(").Replace("-RRB-", ")").Replace("\\/", "/").Replace("\\*", "*").ToString();
    }
}
