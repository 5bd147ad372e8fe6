namespace Endpoints.Cli.Tests;

public sealed class ApplicationTests
{
    public static TheoryData<string, int, string> WrongCalls => new()
    {
        { "nonsense", 2, "nonsense" },
        { "train --task demo", 2, "--out" },
        { "train --task nothing --data x --out y --model z", 1, "There is no task 'nothing'" },
        { "train --task demo --data /nowhere --out y --model z", 1, "/nowhere does not exist" },
        { "export --search x --model y --out z --pick best", 2, "'best' chooses no sub-network" },
        { "predict --model /nowhere", 1, "/nowhere" },
        { "tokenize --model /nowhere", 1, "vocab.txt" },
        { "load --target ftp://x --pairs y", 1, "is not a target" },
        { "serve --endpoint base", 2, "is no endpoint" },
        { "serve --threads many", 2, "many" },
        { "report /nowhere", 1, "/nowhere" },
        { "data other", 2, "other" },
        { "pull model", 2, "See 'endpoints pull model --help'" },
        { "pull model a/b/c", 2, "'a/b/c' is no id of a model" },
        { "pull model a/b --revision ../c", 2, "'../c' is no revision" },
        { "pull task nothing", 2, "'nothing' is no task that can be pulled: expected cola, " },
        { "pull task rte --mirror ftp://x", 2, "--mirror is no http or https address" },
        { "bench --threads -1", 2, "--threads" },
        { "predict --model /nowhere --precision fp16", 2, "'fp16' is no precision: expected float32, bfloat16, int8 or auto." },
        { "search --task demo --data x --model y --out z --precision Int8", 2, "'Int8' is no precision" },
        { "export --model x --out y --precision auto", 2, "'auto' is no precision: expected float32, bfloat16 or int8." },
        { "export --model x --out y --pick 3", 2, "--pick chooses from --search" },
        { "export --model x --search z --out y --subnetwork full", 2, "--pick chooses from --search" },
        { "evaluate --task demo --data x --model y --precision float32,bf16", 2, "'bf16' is no precision" },
        { "evaluate --task demo --data x --model y --rounds 0", 2, "--rounds is 0: expected 1 or more." },
        { "evaluate --task demo --data x --model y --split dev", 2, "dev" },
        { "serve --endpoint base=models/base@bf16", 2, "ends in '@bf16': expected float32, bfloat16, int8 or auto there" },
    };

    [Theory, MemberData(nameof(WrongCalls))]
    public async Task RunAsync_WrongCall_OneLineAndExitCode(string arguments, int code, string expected)
    {
        Cli.Run run = await Cli.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(code, run.Code);
        string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", " [command] [options]", "serve")]
    [InlineData("pull", " pull [command] [options]", "task")]
    public async Task RunAsync_NoCommand_HelpAsErrorAndExitCode(string arguments, string usage, string command)
    {
        Cli.Run run = await Cli.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Output);
        Assert.Contains(usage, run.Error, StringComparison.Ordinal);
        Assert.Contains($"  {command} ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Verbose_ShowsTheStackTrace()
    {
        Cli.Run run = await Cli.RunAsync("predict", "--model", "/nowhere", "--verbose");
        Assert.Equal(1, run.Code);
        Assert.Contains("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("data")]
    [InlineData("pull")]
    [InlineData("train")]
    [InlineData("search")]
    [InlineData("export")]
    [InlineData("serve")]
    [InlineData("load")]
    [InlineData("plan")]
    [InlineData("report")]
    [InlineData("tokenize")]
    [InlineData("predict")]
    [InlineData("evaluate")]
    [InlineData("bench")]
    [InlineData("doctor")]
    public async Task RunAsync_Help_ListsTheCommandAndDescribesIt(string command)
    {
        Assert.Contains($"  {command}", (await Cli.RunAsync("--help")).Output, StringComparison.Ordinal);
        Cli.Run help = await Cli.RunAsync(command, "--help");
        Assert.Equal(0, help.Code);
        Assert.Contains("Description:", help.Output, StringComparison.Ordinal);
    }
}
