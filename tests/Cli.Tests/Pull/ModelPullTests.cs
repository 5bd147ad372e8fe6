using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Hub.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Pull;

/// <summary><c>pull model</c> from a hub of the tests' own, and the commands that use what was pulled.</summary>
public sealed class ModelPullTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FakeHub _hub = null!;

    private Dictionary<string, string> Variables => new() { ["HF_HOME"] = _folder.Path, ["HF_ENDPOINT"] = _hub.Front.Address.AbsoluteUri };

    public async Task InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        string model = _folder.File("uploaded");
        Directory.CreateDirectory(model);
        File.WriteAllLines(Path.Combine(model, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "dogs", "run"]);
        var tokenizer = WordPieceTokenizer.Load(model);
        var config = BertConfig.Uniform(tokenizer.VocabularySize, 8, 1, 2, 16, 16, ["no", "yes"]);
        CheckpointFolder.Save(model, new Checkpoint { Config = config, Parameters = BertParameters.Random(config, seed: 1), Tokenizer = tokenizer });
        foreach (string file in Directory.GetFiles(model))
        {
            _hub.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        }

        _hub.AddSmall("README.md", "not needed");
        _hub.AddSmall("pytorch_model.bin", "not needed");
    }

    public async Task DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Pull_Model_IsFoundByItsIdAfterwards()
    {
        Cli.Run before = await Cli.WithVariablesAsync(Variables, "tokenize", "--model", FakeHub.Id);
        Assert.Equal(1, before.Code);
        Assert.Contains($"'endpoints pull model {FakeHub.Id}' downloads it", before.Error, StringComparison.Ordinal);

        Cli.Run pull = await Cli.WithVariablesAsync(Variables, "pull", "model", FakeHub.Id);
        Assert.True(pull.Code == 0, pull.Error);
        Assert.Contains($"--model {FakeHub.Id} finds it there", pull.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_hub.Front.Requests, request => request.Path.Contains("README", StringComparison.Ordinal) || request.Path.EndsWith(".bin", StringComparison.Ordinal));

        Cli.Run after = await Cli.WithVariablesAsync(Variables, "tokenize", "--model", FakeHub.Id);
        Assert.True(after.Code == 0, after.Error);
    }

    [Fact]
    public async Task Pull_WithOut_WritesACheckpointOfRealFiles()
    {
        string target = _folder.File("model");
        Cli.Run pull = await Cli.WithVariablesAsync(Variables, "pull", "model", FakeHub.Id, "--out", target);
        Assert.True(pull.Code == 0, pull.Error);
        Assert.All(Directory.GetFiles(target), file => Assert.Null(new FileInfo(file).LinkTarget));
        Assert.NotNull(CheckpointFolder.Load(target));
    }

    [Fact]
    public async Task Pull_Offline_UsesTheCacheOrSaysWhatIsMissing()
    {
        Dictionary<string, string> offline = new(Variables) { ["HF_HUB_OFFLINE"] = "1" };
        Cli.Run missing = await Cli.WithVariablesAsync(offline, "pull", "model", FakeHub.Id);
        Assert.Equal(1, missing.Code);
        Assert.Contains("HF_HUB_OFFLINE is set", missing.Error, StringComparison.Ordinal);
        Assert.Empty(_hub.Front.Requests);

        Assert.Equal(0, (await Cli.WithVariablesAsync(Variables, "pull", "model", FakeHub.Id)).Code);
        _hub.Front.Requests.Clear();
        Assert.Equal(0, (await Cli.WithVariablesAsync(offline, "pull", "model", FakeHub.Id)).Code);
        File.Delete(Directory.GetFiles(_folder.Path, "model.safetensors", SearchOption.AllDirectories).Single(file => file.Contains("snapshots", StringComparison.Ordinal)));
        Cli.Run incomplete = await Cli.WithVariablesAsync(offline, "pull", "model", FakeHub.Id);
        Assert.Contains($"HF_HUB_OFFLINE is set, and in the cache {FakeHub.Id} at main has neither model.safetensors", incomplete.Error, StringComparison.Ordinal);
        Assert.Empty(_hub.Front.Requests);
    }

    [Theory]
    [InlineData("model.safetensors", "only as pytorch_model.bin, a pickle")]
    [InlineData("config.json", "has no config.json")]
    [InlineData("vocab.txt", "for its tokenizer")]
    [InlineData("model.safetensors pytorch_model.bin", "has neither model.safetensors nor")]
    public async Task Pull_RepositoryLacksSomething_SaysWhatBeforeDownloading(string removed, string expected)
    {
        foreach (string name in removed.Split(' '))
        {
            _hub.Files.Remove(name);
        }

        Cli.Run pull = await Cli.WithVariablesAsync(Variables, "pull", "model", FakeHub.Id);
        Assert.Equal(1, pull.Code);
        Assert.Contains(expected, Assert.Single(pull.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Single(_hub.Front.Requests);
    }

    [Fact]
    public async Task Pull_Shards_TakesAllOrSaysThatSomeLack()
    {
        byte[] weights = _hub.Files["model.safetensors"];
        _hub.Files.Remove("model.safetensors");
        _hub.AddSmall("model.safetensors.index.json", "{}");
        _hub.AddLarge("model-00001-of-00002.safetensors", weights);
        Cli.Run some = await Cli.WithVariablesAsync(Variables, "pull", "model", FakeHub.Id);
        Assert.Contains("not all of the shards", some.Error, StringComparison.Ordinal);
        _hub.AddLarge("model-00002-of-00002.safetensors", weights);
        Cli.Run all = await Cli.WithVariablesAsync(Variables, "pull", "model", FakeHub.Id);
        Assert.True(all.Code == 0, all.Error);
        Assert.Single(_hub.Store.Requests); // Both shards have the same content here: one blob.
    }

    [Fact]
    public async Task Pull_Gated_ShowsNoToken()
    {
        _hub.Front.Instead = async (context, _) =>
        {
            await FakeHub.RefuseAsync(context, 403, "GatedRepo");
            return true;
        };
        Cli.Run pull = await Cli.WithVariablesAsync(new(Variables) { ["HF_TOKEN"] = "hf_verysecret" }, "pull", "model", FakeHub.Id, "--verbose");
        Assert.Equal(1, pull.Code);
        Assert.Contains("is gated: accept its terms", pull.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_verysecret", pull.Error + pull.Output, StringComparison.Ordinal);
    }
}
