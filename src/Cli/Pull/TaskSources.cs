using Endpoints.Hub;

namespace Endpoints.Cli.Pull;

/// <summary>Every task that can be pulled. Sizes and hashes are those that Hugging Face's data set cards recorded for the same addresses.</summary>
internal static class TaskSources
{
    private const string Glue = "https://dl.fbaipublicfiles.com/glue/data/";
    private const string Paraphrases = "https://dl.fbaipublicfiles.com/senteval/senteval_data/";
    private const string Situations = "https://raw.githubusercontent.com/rowanz/swagaf/master/data/";

    private static readonly string[] Parts = ["train.tsv", "dev.tsv", "test.tsv"];

    public static IReadOnlyList<TaskSource> All { get; } =
    [
        OfGlue("cola", "CoLA", "CoLA.zip", 376971, "f212fcd832b8f7b435fb991f101abf89f96b933ab400603bf198960dfc32cbff"),
        new("imdb", "Stanford, Large Movie Review Dataset",
            [File("aclImdb_v1.tar.gz", "https://ai.stanford.edu/~amaas/data/sentiment/", 84125825, "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe")],
            ["train/pos", "train/neg", "test/pos", "test/neg"], Inner("aclImdb")),
        new("mrpc", "Microsoft Research, as SentEval has it, cut as GLUE cuts it",
            [
                File(ParaphraseParts.TrainName, Paraphrases, 1047044, "60a9b09084528f0673eedee2b69cb941920f0b8cd0eeccefc464a98768457f89"),
                File(ParaphraseParts.TestName, Paraphrases, 441275, "a04e271090879aaba6423d65b94950c089298587d9c084bf9cd7439bd785f784"),
                File(ParaphraseParts.DevelopmentName, Glue, 6222, "971d7767d81b997fd9060ade0ec23c4fc31cbb226a55d1bd4a1bac474eb81dc7"),
            ],
            Parts, ParaphraseParts.Write),
        OfGlue("qnli", "QNLI", "QNLIv2.zip", 10627589, "e634e78627a29adaecd4f955359b22bf5e70f2cbd93b493f2d624138a0c0e5f5"),
        OfGlue("qqp", "QQP", "QQP-clean.zip", 41696084, "40e7c862c04eb26ee04b67fd900e76c45c6ba8e6d8fab4f8f1f8072a1a3fbae0"),
        OfGlue("rte", "RTE", "RTE.zip", 697150, "6bf86de103ecd335f3441bd43574d23fef87ecc695977a63b82d5efb206556ee"),
        OfSick("sick-e"),
        OfSick("sick-r"),
        OfGlue("sst-2", "SST-2", "SST-2.zip", 7439277, "d67e16fb55739c1b32cdce9877596db1c127dc322d93c082281f64057c16deaa"),
        new("sst-5", "Stanford, Sentiment Treebank",
            [File("trainDevTestTrees_PTB.zip", "https://nlp.stanford.edu/sentiment/", 789539, "5c613a4f673fc74097d523a2c83f38e0cc462984d847b82c7aaf36b01cbbbfcc")],
            Parts, SentimentTrees.Write),
        OfGlue("sts-b", "STS-B", "STS-B.zip", 802872, "e60a6393de5a8b5b9bac5020a1554b54e3691f9d600b775bd131e613ac179c85"),
        new("swag", "rowanz/swagaf on GitHub",
            [
                File("train.csv", Situations, 28243333, "5748b51126ac255c5a6f26e1ba473b51116d6c822aeb25e63ecba282c9d0e610"),
                File("val.csv", Situations, 7893588, "c0497b2cd7f3e6b7df995524b1853f62285d60d110d659b19545ca80b2903234"),
            ],
            ["train.csv", "val.csv"], Same("train.csv", "val.csv")),
        OfGlue("wnli", "WNLI", "WNLI.zip", 28999, "ae0e8e4d16f4d46d4a0a566ec7ecceccfd3fbfaa4a7a4b4e02848c0f2561ac46"),
    ];

    /// <exception cref="FormatException">Nothing is known of the task.</exception>
    public static TaskSource Find(string name) => All.FirstOrDefault(source => source.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new FormatException($"'{name}' is no task that can be pulled: expected {string.Join(", ", All.Select(source => source.Name))}.");

    private static TaskSource OfGlue(string name, string folder, string archive, long size, string sha256) =>
        new(name, "GLUE", [File(archive, Glue, size, sha256)], Parts, Inner(folder));

    private static TaskSource OfSick(string name) => new(name, "SICK, on Zenodo",
        [new("SICK.zip", new("https://zenodo.org/record/2787612/files/SICK.zip?download=1"), 217584, "da272af924399fc2de4889ed55383e38822c10d16c4a949a89d597d09a0b7912")],
        Parts, SickParts.Write);

    private static RemoteFile File(string name, string folder, long size, string sha256) => new(name, new Uri(folder + name), size, sha256);

    /// <summary>An archive whose one folder is the task's.</summary>
    private static Action<string, string> Inner(string folder) => (from, to) => Directory.Move(
        Directory.Exists(Path.Combine(from, folder)) ? Path.Combine(from, folder) : throw new HubException($"The archive has no folder {folder}: expected the data set's."), to);

    private static Action<string, string> Same(params string[] files) => (from, to) =>
    {
        Directory.CreateDirectory(to);
        Array.ForEach(files, file => System.IO.File.Move(Path.Combine(from, file), Path.Combine(to, file)));
    };
}
