using System.Collections;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
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

        string[] topics = ["runtime", "processor", "container", "vectors", "instructions", "float32", "bfloat16", "int8", "clock", "memory", "open files", "port", "GPU", "folder", "cache", "environment"];
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
        Assert.Equal(code, DoctorCommand.Report(host, findings, asJson: false));
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

    [Fact]
    public async Task Doctor_Json_HoldsEveryFinding()
    {
        Cli.Run run = await Cli.RunAsync("doctor", "--json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(run.Code, json.RootElement.GetProperty("problems").GetInt32() > 0 ? 1 : 0);
        Assert.Contains(json.RootElement.GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("topic").GetString() == "container" && finding.GetProperty("kind").GetString() is "Ok" or "Note");
    }

    [Fact]
    public void Container_BothVersionsOfControlGroups_AreRead()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(new LimitChecks.Group(null, null, null), LimitChecks.ReadGroup(folder.Path));

        File.WriteAllText(folder.File("cpu.max"), "150000 100000\n");
        File.WriteAllText(folder.File("memory.max"), "2147483648\n");
        File.WriteAllText(folder.File("cpu.stat"), "usage_usec 1\nnr_periods 200\nnr_throttled 10\n");
        var newer = new LimitChecks.Group(1.5, 2L << 30, 0.05);
        Assert.Equal(newer, LimitChecks.ReadGroup(folder.Path));
        Finding part = LimitChecks.Container(newer);
        Assert.Equal((FindingKind.Note, "1.5 processors, 2.0 GiB of memory, held back in 5 % of its periods"), (part.Kind, part.Text));
        Assert.Contains("whole processors", part.Advice, StringComparison.Ordinal);

        File.WriteAllText(folder.File("cpu.max"), "max 100000\n");
        File.WriteAllText(folder.File("memory.max"), "max\n");
        Assert.Equal(new LimitChecks.Group(null, null, 0.05), LimitChecks.ReadGroup(folder.Path));

        using var older = new TemporaryFolder();
        Directory.CreateDirectory(older.File("cpu"));
        Directory.CreateDirectory(older.File("memory"));
        File.WriteAllText(older.File("cpu/cpu.cfs_quota_us"), "200000");
        File.WriteAllText(older.File("cpu/cpu.cfs_period_us"), "100000");
        File.WriteAllText(older.File("memory/memory.limit_in_bytes"), "9223372036854771712");
        Assert.Equal(new LimitChecks.Group(2, null, null), LimitChecks.ReadGroup(older.Path));
        Assert.Equal(FindingKind.Ok, LimitChecks.Container(LimitChecks.ReadGroup(older.Path)).Kind);
        Assert.Contains("raise the limit", LimitChecks.Container(new LimitChecks.Group(2, null, 0.5)).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenFiles_FewerThanConnections_IsANote()
    {
        Assert.Equal(FindingKind.Ok, LimitChecks.OpenFiles(20_000).Kind);
        Assert.Equal(FindingKind.Ok, LimitChecks.OpenFiles(null).Kind);
        Assert.Contains("ulimit -n", LimitChecks.OpenFiles(1_024).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Port_Taken_IsANote()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Contains("--urls", RuntimeChecks.Port(port).Advice, StringComparison.Ordinal);
        listener.Stop();
        Assert.Equal(FindingKind.Ok, RuntimeChecks.Port(port).Kind);
    }

    [Fact]
    public void ClockAndInstructions_AreJudged()
    {
        Assert.Equal(FindingKind.Ok, RuntimeChecks.Clock("tsc").Kind);
        Assert.Equal(FindingKind.Note, RuntimeChecks.Clock("hpet").Kind);
        Assert.Equal("for low precision: avx512_bf16, avx512_vnni", ProcessorChecks.Instructions(new HashSet<string> { "avx512_vnni", "fma", "avx512_bf16" }).Text);
        Assert.StartsWith("none", ProcessorChecks.Instructions(new HashSet<string> { "fma" }).Text, StringComparison.Ordinal);
        Assert.StartsWith("not known", ProcessorChecks.Instructions(new HashSet<string>()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Cache_NotThereYet_IsLookedAtWhereItWouldBe()
    {
        using var folder = new TemporaryFolder();
        Finding found = SystemChecks.Cache(folder.File("hub/models"));
        Assert.Equal(FindingKind.Ok, found.Kind);
        Assert.Contains("is made when", found.Text, StringComparison.Ordinal);
        File.WriteAllText(folder.File("file"), "");
        Assert.Equal(("cache", FindingKind.Ok), (SystemChecks.Cache(folder.Path).Topic, SystemChecks.Cache(folder.Path).Kind));
    }

    [Fact]
    public void Runtime_SdkInTheFolderOfDotnet_IsNamed()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("sdk/10.0.401"));
        Directory.CreateDirectory(folder.File("sdk/NuGetFallbackFolder"));
        Assert.Equal(["10.0.401"], RuntimeChecks.InstalledSdks(name => name == "DOTNET_ROOT" ? folder.Path : null));
        Assert.Empty(RuntimeChecks.InstalledSdks(_ => null));
        Assert.Contains("no SDK", RuntimeChecks.Runtime(".NET 10", []).Text, StringComparison.Ordinal);
    }
}
