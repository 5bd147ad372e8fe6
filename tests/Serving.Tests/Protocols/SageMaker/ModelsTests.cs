using System.Net;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.Serving.Tests.Protocols.SageMaker;

/// <summary>The contract of containers with several models, as the platform uses it.</summary>
public sealed class ModelsTests
{
    [Fact]
    public async Task Models_LoadInvokeAndUnload_AreTheContract()
    {
        using var folder = new TemporaryFolder();
        SaveCheckpoint(folder.File("3f2a/model"));
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Server:ModelRoots:0", folder.Path));

        using HttpResponseMessage loaded = await LoadAsync(host, $$"""{"model_name": "other", "url": "{{folder.File("3f2a/model")}}"}""");
        Assert.Equal(HttpStatusCode.OK, loaded.StatusCode);
        Assert.Equal("other", (await TestHost.JsonOf(loaded)).GetProperty("modelName").GetString());
        using HttpResponseMessage again = await LoadAsync(host, $$"""{"model_name": "other", "url": "{{folder.File("3f2a/model")}}"}""");
        await TestHost.AssertProblem(again, HttpStatusCode.Conflict, "There is an endpoint 'other' already");
        JsonElement list = await TestHost.JsonOf(await host.Client.GetAsync("/models"));
        Assert.Equal(["base", "other"], list.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("modelName").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("""{"text": "a b"}""", "/models/other/invoke")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await host.Client.DeleteAsync("/models/other")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.DeleteAsync("/models/other")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/models/other")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.PostAsync("""{"text": "a b"}""", "/models/other/invoke")).StatusCode);
    }

    [Theory]
    [InlineData("""{"model_name": "other"}""", "application/json", 400, "The body is not what is expected")]
    [InlineData("""{"model_name": "other", "url": null}""", "application/json", 400, "The body is not what is expected")]
    [InlineData("""{"model_name": "other", """, "application/json", 400, "The body is not what is expected")]
    [InlineData("""{"model_name": "other", "url": "/etc"}""", "application/json", 422, "nothing has changed")]
    [InlineData("""{"model_name": "a/b", "url": "/etc"}""", "application/json", 422, "'a/b' cannot name an endpoint")]
    [InlineData("""{"model_name": "other", "url": "/etc"}""", "text/plain", 415, "Content-Type: application/json")]
    [InlineData("""{"model_name": "other", "url": "/etc"}""", null, 415, "Content-Type: application/json")]
    public async Task Load_WrongInAnyWay_IsAProblemAndChangesNothing(string body, string? type, int status, string detail)
    {
        await using TestHost host = await TestHost.StartAsync();

        using HttpResponseMessage response = await LoadAsync(host, body, type);

        await TestHost.AssertProblem(response, (HttpStatusCode)status, detail);
        Assert.Single((await TestHost.JsonOf(await host.Client.GetAsync("/models"))).GetProperty("models").EnumerateArray());
    }

    [Fact]
    public async Task LoadAndUnload_ManagementIsOff_Are403()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Server:Management", "false"));

        await TestHost.AssertProblem(await LoadAsync(host, """{"model_name": "other", "url": "/etc"}"""), HttpStatusCode.Forbidden, "Endpoints:Server:Management");
        await TestHost.AssertProblem(await host.Client.DeleteAsync("/models/base"), HttpStatusCode.Forbidden, "Endpoints:Server:Management");
    }

    [Theory]
    [InlineData("PATCH", "/models", "GET, HEAD, POST")]
    [InlineData("PUT", "/models/base", "GET, HEAD, DELETE")]
    [InlineData("POST", "/endpoints/base", "GET, HEAD, PUT, DELETE")]
    public async Task Method_Wrong_Is405ThatNamesTheRightOnes(string method, string path, string allowed)
    {
        await using TestHost host = await TestHost.StartAsync();

        using HttpResponseMessage response = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await TestHost.AssertProblem(response, HttpStatusCode.MethodNotAllowed, $"use {allowed}.");
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow));
    }

    private static Task<HttpResponseMessage> LoadAsync(TestHost host, string body, string? type = "application/json")
    {
        var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body));
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return host.Client.PostAsync("/models", content);
    }

    private static void SaveCheckpoint(string folder)
    {
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b"];
        BertConfig config = BertConfig.Uniform(vocabulary.Length, 8, 2, 2, 16, 64, "entailment", "not_entailment");
        CheckpointFolder.Save(folder, new Checkpoint { Config = config, Parameters = new BertParameters(config), Tokenizer = new WordPieceTokenizer(vocabulary) });
    }
}
