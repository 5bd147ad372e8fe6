using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Endpoints.Cli.Pull;
using Endpoints.Hub;
using Endpoints.Hub.Tests.Support;
using Endpoints.Hub.Transfer;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Pull;

/// <summary><c>pull task</c>: archives and files into a folder as the task reads it.</summary>
public sealed class TaskPullTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Target => _folder.File("rte");

    public static TheoryData<string> Names => [.. TaskSources.All.Select(source => source.Name)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pull_GlueArchive_MovesItsFolderIntoPlace()
    {
        byte[] zip = Zip(("RTE/train.tsv", "train"), ("RTE/dev.tsv", "dev"), ("RTE/test.tsv", "test"), ("__MACOSX/x", "x"));
        Assert.Contains("Wrote train.tsv, dev.tsv, test.tsv", await PullAsync("rte", zip), StringComparison.Ordinal);
        Assert.Equal(["dev.tsv", "test.tsv", "train.tsv"], Directory.GetFiles(Target).Select(Path.GetFileName).Order());
        Assert.Equal([Target], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Contains("already", await PullAsync("rte", zip), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_ArchiveEscapesOrLacksFiles_LeavesNoFolder()
    {
        HubException escape = await Assert.ThrowsAsync<HubException>(() => PullAsync("rte", Zip(("RTE/train.tsv", "train"), ("../evil", "evil"))));
        Assert.Contains("outside of its folder", escape.Message, StringComparison.Ordinal);
        HubException missing = await Assert.ThrowsAsync<HubException>(() => PullAsync("rte", Zip(("RTE/train.tsv", "train")), again: true));
        Assert.Contains("has no dev.tsv", missing.Message, StringComparison.Ordinal);
        HubException other = await Assert.ThrowsAsync<HubException>(() => PullAsync("rte", Zip(("x", "x")), again: true));
        Assert.Contains("has no folder RTE", other.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
        Assert.False(File.Exists(_folder.File("evil")));
    }

    [Fact]
    public async Task Pull_FolderHoldsSomethingElse_IsLeftAlone()
    {
        Directory.CreateDirectory(Target);
        File.WriteAllText(Path.Combine(Target, "mine.txt"), "mine");
        HubException failure = await Assert.ThrowsAsync<HubException>(() => PullAsync("rte", []));
        Assert.Contains("exists and has no train.tsv", failure.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Target, "mine.txt")));
    }

    [Fact]
    public async Task Pull_KilledWhileUnpacking_StartsUnpackingAnew()
    {
        // What a kill leaves: the download, some of the unpacked files, and an empty folder that the user made.
        Directory.CreateDirectory(Target);
        Directory.CreateDirectory(_folder.File(".rte.pull/unpacked/RTE"));
        File.WriteAllText(_folder.File(".rte.pull/unpacked/RTE/train.tsv"), "half");
        await PullAsync("rte", Zip(("RTE/train.tsv", "train"), ("RTE/dev.tsv", "dev"), ("RTE/test.tsv", "test")));
        Assert.Equal("train", File.ReadAllText(Path.Combine(Target, "train.tsv")));
    }

    [Fact]
    public async Task Pull_SentimentTrees_WritesSentencesAndRootLabels()
    {
        const string Tree = "(3 (2 It) (4 (2 -LRB-) (3 (2 and\\/or) (2 -RRB-))))\n(0 (1 (2 Bad) (2 film)) (2 .))\n";
        await PullAsync("sst-5", Zip(("trees/train.txt", Tree), ("trees/dev.txt", Tree), ("trees/test.txt", Tree)));
        Assert.Equal("sentence\tlabel\nIt ( and/or )\t3\nBad film .\t0\n", File.ReadAllText(Path.Combine(Target, "train.tsv")));
        await Assert.ThrowsAsync<HubException>(() => PullAsync("sst-5", Zip(("trees/train.txt", "no tree")), again: true));
    }

    [Fact]
    public async Task Pull_Sick_WritesItsThreeParts()
    {
        const string Rows = "pair_ID\tsentence_A\tsentence_B\tentailment_label\trelatedness_score\tSemEval_set\r\n"
            + "1\tA dog runs\tA dog moves\tENTAILMENT\t4.5\tTRAIN\r\n2\ta\tb\tNEUTRAL\t3\tTRIAL\r\n3\tc\td\tCONTRADICTION\t1\tTEST\r\n";
        await PullAsync("sick-e", Zip(("SICK.txt", Rows)));
        Assert.Equal(
            "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n1\tA dog runs\tA dog moves\t4.5\tENTAILMENT\n",
            File.ReadAllText(Path.Combine(Target, "train.tsv")));
        Assert.EndsWith("2\ta\tb\t3\tNEUTRAL\n", File.ReadAllText(Path.Combine(Target, "dev.tsv")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_Paraphrases_CutsGluesDevelopmentPart()
    {
        const string Header = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n";
        byte[] train = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"{Header}1\t11\t12\ta\tb\r\n0\t21\t22\tc \"d\td\r\n")];
        byte[] test = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"{Header}1\t31\t32\te\tf\r\n")];
        await PullAsync("mrpc", train, test, Encoding.UTF8.GetBytes("21\t22\n"));
        string header = Header.TrimEnd();
        Assert.Equal($"{header}\n1\t11\t12\ta\tb\n", File.ReadAllText(Path.Combine(Target, "train.tsv")));
        Assert.Equal($"{header}\n0\t21\t22\tc \"d\td\n", File.ReadAllText(Path.Combine(Target, "dev.tsv")));
        Assert.Equal($"{header}\n1\t31\t32\te\tf\n", File.ReadAllText(Path.Combine(Target, "test.tsv")));
    }

    [Theory, MemberData(nameof(Names))]
    public void Sources_EachTask_IsPinnedAndHasOneArchiveOrPlainFiles(string name)
    {
        TaskSource source = TaskSources.Find(name);
        Assert.All(source.Files, file => Assert.True(file.Address.Scheme == "https" && file.Size > 0 && file.Sha256.Length == 64 && file.Address.AbsolutePath.EndsWith(file.Name, StringComparison.Ordinal)));
        Assert.True(source.Files.Count == 1 ? source.Files[0].IsArchive : source.Files.All(file => !file.IsArchive));
        Assert.Equal(name, Assert.Single(TaskSources.All, other => other.Name == name).Name);
    }

    [Fact]
    public async Task Pull_MirrorHasAnotherFile_FailsAndMakesNoFolder()
    {
        await using FileServer mirror = await FileServer.OfAsync(Zip(("RTE/train.tsv", "other")));
        Cli.Run run = await Cli.WithVariablesAsync(new() { ["HF_HOME"] = _folder.Path }, "pull", "task", "rte", "--out", Target, "--mirror", mirror.Address.AbsoluteUri);
        Assert.Equal(1, run.Code);
        Assert.Contains("RTE.zip is not the file expected", run.Error, StringComparison.Ordinal);
        Assert.Equal("/RTE.zip", Assert.Single(mirror.Requests).Path);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public async Task Pull_TwoAtOnce_BothEndWithTheFolder()
    {
        byte[] zip = Zip(("RTE/train.tsv", "train"), ("RTE/dev.tsv", "dev"), ("RTE/test.tsv", "test"));
        TaskSource source = Pinned("rte", [zip]);
        await using FileServer server = await FileServer.OfAsync(zip);
        using var client = new HubClient(new HubSettings { CacheFolder = _folder.Path });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            TaskPull.RunAsync(client, source, Target, server.Address, new NoProgress(), TimeProvider.System, CancellationToken.None))));
        Assert.Single(server.Requests);
        Assert.Equal("train", File.ReadAllText(Path.Combine(Target, "train.tsv")));
    }

    [Fact]
    public async Task Pull_List_NamesEveryTask()
    {
        Cli.Run run = await Cli.RunAsync("pull", "list");
        Assert.Equal(TaskSources.All.Select(source => source.Name), run.Lines.Select(line => line.Split(' ')[0]));
        Assert.Contains(run.Lines, line => line == "rte        0.7 MB  GLUE");
    }

    /// <summary>A task with the sizes and hashes of these contents.</summary>
    private static TaskSource Pinned(string name, byte[][] contents)
    {
        TaskSource real = TaskSources.Find(name);
        return real with { Files = [.. real.Files.Zip(contents, (file, content) => file with { Size = content.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)) })] };
    }

    /// <summary>Pulls a task whose files have this content here.</summary>
    private async Task<string> PullAsync(string name, params byte[][] contents)
    {
        TaskSource source = Pinned(name, contents);
        await using FileServer server = await FileServer.StartAsync(context =>
            FileServer.SendAsync(context, contents[source.Files.ToList().FindIndex(file => context.Request.Path == $"/{file.Name}")], null));
        using var client = new HubClient(new HubSettings { CacheFolder = _folder.Path });
        return await TaskPull.RunAsync(client, source, Target, server.Address, new NoProgress(), TimeProvider.System, CancellationToken.None);
    }

    private Task<string> PullAsync(string name, byte[] content, bool again)
    {
        if (again && Directory.Exists(_folder.File(".rte.pull")))
        {
            Directory.Delete(_folder.File(".rte.pull"), recursive: true);
        }

        if (again && Directory.Exists(Target))
        {
            Directory.Delete(Target, recursive: true);
        }

        return PullAsync(name, [content]);
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        return bytes.ToArray();
    }

    private sealed class NoProgress : ITransferProgress
    {
        public void Report(string name, long done, long? total)
        {
        }

        public void Note(string text) => Assert.Contains("Another process", text, StringComparison.Ordinal);
    }
}
