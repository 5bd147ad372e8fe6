using System.Collections;
using Endpoints.Cli.Commands;
using Endpoints.Cli.Doctor;
using Endpoints.Compute;
using Endpoints.Tests;
using Spectre.Console;

namespace Endpoints.Cli.Tests.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_ThisMachine_LooksAtEverythingAndEndsAsItFound()
    {
        Cli.Run run = await Cli.RunAsync("doctor");

        string[] topics = ["processor", "vectors", "float32", "bfloat16", "int8", "memory", "GPU", "folder", "environment"];
        Assert.All(topics, topic => Assert.Contains(run.Lines, line => line[11..].StartsWith($"{topic} ", StringComparison.Ordinal)));
        Assert.Contains(run.Lines, line => line.Contains(PrecisionSupport.Describe(Precision.Int8), StringComparison.Ordinal));
        Assert.Equal(run.Lines.Any(line => line.StartsWith("  problem ", StringComparison.Ordinal)) ? 1 : 0, run.Code);
        Assert.StartsWith("endpoints 0.", run.Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, "No problem found.")]
    [InlineData(1, 1, "1 problem found.")]
    [InlineData(2, 1, "2 problems found.")]
    public void Report_Problems_DecideTheExitCode(int problems, int code, string last)
    {
        var output = new StringWriter();
        var host = new CliHost { Input = TextReader.Null, Output = output, Error = TextWriter.Null, Terminal = AnsiConsole.Console, IsInteractive = false };
        Finding[] findings = [new("a", "b", FindingKind.Note, "look"), .. Enumerable.Repeat(new Finding("c", "d", FindingKind.Problem, "mend it"), problems)];
        Assert.Equal(code, DoctorCommand.Report(host, findings));
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(last, lines[^1]);
        Assert.Equal(problems, lines.Count(line => line.EndsWith("-> mend it", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.EndsWith("-> look", StringComparison.Ordinal));
    }

    [Fact]
    public void Cores_FewerThanTheMachineHas_IsANote()
    {
        Assert.Equal(FindingKind.Ok, ProcessorChecks.Cores("x", 4, "0-3", 4).Kind);
        Assert.Equal(FindingKind.Ok, ProcessorChecks.Cores("x", 4, null, null).Kind);
        Finding few = ProcessorChecks.Cores("x", 2, "4-5", 64);
        Assert.Equal((FindingKind.Note, "x, 2 of 64 processors, affinity mask 4-5"), (few.Kind, few.Text));
    }

    [Fact]
    public void Memory_LessThanAModelNeeds_IsAProblem()
    {
        Assert.Equal(FindingKind.Ok, SystemChecks.Memory(1L << 30).Kind);
        Assert.Equal((FindingKind.Problem, "1.0 GiB available"), (SystemChecks.Memory((1L << 30) - 1).Kind, SystemChecks.Memory((1L << 30) - 1).Text));
        Assert.InRange(SystemChecks.AvailableMemory(), 1, long.MaxValue);
    }

    [Fact]
    public void Folder_ThatCanBeWritten_IsLeftAsItWas()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("can be written", SystemChecks.Folder(folder.Path).Text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Folder_NotThereOrFull_IsAProblem()
    {
        using var folder = new TemporaryFolder();
        Finding missing = SystemChecks.Folder(folder.File("none"));
        Assert.Equal(FindingKind.Problem, missing.Kind);
        Assert.Contains("cannot be written", missing.Text, StringComparison.Ordinal);
        Assert.Equal(FindingKind.Problem, SystemChecks.Folder("x", 999_999_999).Kind);
        Assert.Equal(FindingKind.Ok, SystemChecks.Folder("x", 1_000_000_000).Kind);
    }

    [Fact]
    public void Variables_EachKind_IsJudged()
    {
        var variables = new Hashtable
        {
            ["ENDPOINTS_SIMD"] = "256",
            ["ENDPOINTS_SMID"] = "256",
            ["ENDPOINTS__SERVER__MAXPAIRS"] = "7",
            ["DOTNET_EnableAVX512"] = "0",
            ["ASPNETCORE_URLS"] = "http://x",
            ["PATH"] = "/bin",
        };
        Assert.Equal(
            [
                ("ASPNETCORE_URLS=http://x", FindingKind.Ok),
                ("DOTNET_EnableAVX512=0 (switches instructions of .NET)", FindingKind.Note),
                ("ENDPOINTS_SIMD=256 (forces the kernels' vectors)", FindingKind.Note),
                ("ENDPOINTS_SMID=256", FindingKind.Problem),
                ("ENDPOINTS__SERVER__MAXPAIRS=7 (configures serve)", FindingKind.Ok),
            ],
            SystemChecks.Variables(variables).Select(finding => (finding.Text, finding.Kind)));
        Assert.Equal("no variable of ours is set", Assert.Single(SystemChecks.Variables(new Hashtable { ["PATH"] = "/bin" })).Text);
    }
}
