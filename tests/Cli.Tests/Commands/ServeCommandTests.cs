using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Cli.Commands;
using Endpoints.Serving;
using Endpoints.Tests;
using Microsoft.AspNetCore.Builder;

namespace Endpoints.Cli.Tests.Commands;

public sealed class ServeCommandTests
{
    private static readonly string Vocabulary = Path.Combine(Repository.Root, "tests", "vocab", "uncased");

    [Fact]
    public async Task Serve_RealProcess_AnswersAndEndsWithZeroOnSigterm()
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("base"), BertConfig.Uniform(30_522, 32, 2, 2, 64, 64, "entailment", "not_entailment"));
        using Process process = Start(
            "--endpoint", $"base={folder.File("base")}", $"half={folder.File("base")}#small:l=1,h=1,u=32@int8", "--precision", "bfloat16", "--urls", "http://127.0.0.1:0", "--set", "Endpoints:Server:DrainDelay=00:00:00");
        using var client = new HttpClient { BaseAddress = await ServeProcess.AddressAsync(process) };
        await ServeProcess.UntilOkAsync(process, client);
        foreach (string name in (string[])["base", "half"])
        {
            using HttpResponseMessage answer = await client.PostAsJsonAsync($"/endpoints/{name}/invoke", new { premise = "a cat sleeps", hypothesis = "an animal sleeps" });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(name, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("endpoint").GetString());
        }

        JsonElement list = JsonDocument.Parse(await client.GetStringAsync("/endpoints")).RootElement.GetProperty("endpoints");
        Assert.Equal(["bfloat16", "int8"], list.EnumerateArray().Select(endpoint => endpoint.GetProperty("precision").GetString()));

        using Process kill = Process.Start("kill", $"-TERM {process.Id}");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task Serve_RealProcess_ReadsItsKeysAgainOnSighup()
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("base"), BertConfig.Uniform(30_522, 8, 1, 2, 8, 16, "a", "b"));
        await File.WriteAllTextAsync(folder.File("keys"), "alice alice-has-this-key");
        using Process process = Start(
            "--endpoint", $"base={folder.File("base")}", "--urls", "http://127.0.0.1:0", "--set", "Endpoints:Server:DrainDelay=00:00:00", $"Endpoints:Access:KeyFile={folder.File("keys")}");
        using var client = new HttpClient { BaseAddress = await ServeProcess.AddressAsync(process) };
        await ServeProcess.UntilOkAsync(process, client);
        client.DefaultRequestHeaders.Add("X-Api-Key", "bob-has-another-key");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/endpoints")).StatusCode);

        await File.AppendAllTextAsync(folder.File("keys"), "\nbob bob-has-another-key\n");
        using Process hangUp = Process.Start("kill", $"-HUP {process.Id}");

        await ServeProcess.UntilOkAsync(process, client, "/endpoints");
        using Process kill = Process.Start("kill", $"-TERM {process.Id}");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Load_CascadeOfEndpoints_IsConfigured()
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("base"), BertConfig.Uniform(30_522, 32, 2, 2, 64, 64, "entailment", "not_entailment"));
        var configuration = new Dictionary<string, string?>();
        EndpointDefinition[] endpoints = ServeCommand.Load(
            [$"base={folder.File("base")}", $"half={folder.File("base")}#small:l=1,h=1,u=32", "fast=cascade:half,base@0.83", "auto=elastic:fast,half"], configuration);

        Assert.Equal(["base", "half"], endpoints.Select(endpoint => endpoint.Name));
        Assert.Equal(("half,base", "0.83", "fast,half"), (configuration["Endpoints:Cascade:fast:Members"], configuration["Endpoints:Cascade:fast:Threshold"], configuration["Endpoints:Elastic:auto:Members"]));
        Assert.Contains(
            "expected NAME=cascade:SMALL,LARGE@THRESHOLD", Assert.Throws<FormatException>(() => ServeCommand.Load(["fast=cascade:half,base"], configuration)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_BertBaseSize_LoadsAndAnswers()
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("base"), BertConfig.Base(30_522, "entailment", "not_entailment"));
        using var engine = new CpuEngine();
        var configuration = new Dictionary<string, string?> { ["urls"] = "http://127.0.0.1:0" };
        EndpointDefinition[] endpoints = ServeCommand.Load([$"base={folder.File("base")}", $"half={folder.File("base")}#small:l=6,h=6,u=1536"], configuration);
        Assert.Same(endpoints[0].Checkpoint, endpoints[1].Checkpoint);
        await using WebApplication app = ServingHost.Build(engine, endpoints, new ServingSettings { Configuration = configuration });
        await app.StartAsync();
        await ServingHost.WaitUntilReadyAsync(app, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        foreach (EndpointDefinition endpoint in endpoints)
        {
            using HttpResponseMessage answer = await client.PostAsJsonAsync($"/endpoints/{endpoint.Name}/invoke", new { premise = "a cat sleeps", hypothesis = "an animal sleeps" });
            JsonElement body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            double score = body.GetProperty("score").GetDouble();
            Assert.True(score >= 0.5 && score <= 1, $"{endpoint.Name}: {body}");
        }

        await app.StopAsync();
    }

    [Fact]
    public async Task Serve_WrongPrecisionInTheConfiguration_NamesTheKey()
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("base"), BertConfig.Uniform(30_522, 8, 1, 2, 8, 16, "a", "b"));
        Cli.Run run = await Cli.RunAsync("serve", "--endpoint", $"base={folder.File("base")}", "--precision", "fast");
        Assert.Equal(2, run.Code);
        Assert.Equal("Endpoints:Defaults:Precision must be float32, bfloat16, int8 or auto (found 'fast').", run.Error.Trim());
    }

    [Fact]
    public async Task Serve_PortIsTaken_SaysSoOnce()
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("base"), BertConfig.Uniform(30_522, 8, 1, 2, 8, 16, "a", "b"));
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string address = $"http://{taken.LocalEndpoint}";

        Cli.Run run = await Cli.RunAsync("serve", "--endpoint", $"base={folder.File("base")}", "--urls", address);

        Assert.Equal(1, run.Code);
        Assert.Equal(
            $"The server could not start: Failed to bind to address {address}: address already in use. It was to listen on {address}; choose another address with --urls.", run.Error.Trim());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://127.0.0.1:80x")]
    [InlineData("http://127.0.0.1:70000")]
    public async Task Serve_NoAddress_SaysWhatIsExpected(string address)
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("base"), BertConfig.Uniform(30_522, 8, 1, 2, 8, 16, "a", "b"));

        Cli.Run run = await Cli.RunAsync("serve", "--endpoint", $"base={folder.File("base")}", "--urls", address);

        Assert.Equal(2, run.Code);
        Assert.Equal($"'{address}' is no address to listen on: expected http://ADDRESS:PORT or https://ADDRESS:PORT, such as http://127.0.0.1:8080.", run.Error.Trim());
    }

    [Fact]
    public async Task Serve_NothingToServe_SaysWhatToGive()
    {
        Cli.Run run = await Cli.RunAsync("serve");
        Assert.Equal(2, run.Code);
        Assert.Contains("--endpoint NAME=DIR", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void FindPlatformModel_OneOrSeveralOrNone_NamesThem()
    {
        using var folder = new TemporaryFolder();
        Assert.Empty(ServeCommand.FindPlatformModel(folder.File("model")));
        foreach (string name in (string[])["b", "a", ".half-written"])
        {
            Directory.CreateDirectory(folder.File($"model/{name}"));
            File.WriteAllText(folder.File($"model/{name}/config.json"), "{}");
        }

        Assert.Equal([$"a={folder.File("model/a")}", $"b={folder.File("model/b")}"], ServeCommand.FindPlatformModel(folder.File("model")));
        File.WriteAllText(folder.File("model/config.json"), "{}");
        Assert.Equal([$"model={folder.File("model")}"], ServeCommand.FindPlatformModel(folder.File("model")));
    }

    [Theory]
    [InlineData("", "http://127.0.0.1:0", true)]
    [InlineData("0", "http://[::]:", false)]
    public async Task Serve_SageMakersPort_IsListenedOnUnlessAnAddressIsGiven(string port, string expected, bool hasUrls)
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("base"), BertConfig.Uniform(30_522, 8, 1, 2, 8, 16, "a", "b"));
        ProcessStartInfo start = ServeProcess.Start(["serve", "--endpoint", $"base={folder.File("base")}", .. hasUrls ? ["--urls", expected] : Array.Empty<string>()]);
        start.Environment["SAGEMAKER_BIND_TO_PORT"] = port.Length > 0 ? port : "1";
        using Process process = Process.Start(start)!;
        Uri address = await ServeProcess.AddressAsync(process);
        process.Kill();

        Assert.StartsWith(hasUrls ? "http://127.0.0.1:" : expected, address.OriginalString, StringComparison.Ordinal);
    }

    private static void Save(string folder, BertConfig config) => CheckpointFolder.Save(
        folder, new Checkpoint { Config = config, Parameters = BertParameters.Random(config, 1), Tokenizer = WordPieceTokenizer.Load(Vocabulary) });

    private static Process Start(params string[] arguments) => Process.Start(ServeProcess.Start(["serve", .. arguments]))!;
}
