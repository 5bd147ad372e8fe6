using System.Text;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Protocols;

/// <summary>
/// Every file under <c>golden</c> is a request and, below a line of three dashes, the whole reply: status, headers, body. Left out are the headers that
/// differ from reply to reply, and those that HTTP adds by itself; <c>*</c> is any value.
/// </summary>
public sealed class GoldenTests(GoldenTests.Host host) : IClassFixture<GoldenTests.Host>
{
    private const string Separator = "\n---\n";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Protocols", "golden");
    private static readonly string[] NotCompared = ["Date", "Server-Timing", "Content-Length"];

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.http", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Request_Golden_GetsTheGoldenReply(string file)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Folder, file));
        int separator = text.IndexOf(Separator, StringComparison.Ordinal);
        using HttpRequestMessage request = Parse(text[..separator]);

        using HttpResponseMessage response = await host.Value.Client.SendAsync(request);

        string body = await response.Content.ReadAsStringAsync();
        Assert.Equal(text[(separator + Separator.Length)..], Describe(response, body));
        if (!response.IsSuccessStatusCode)
        {
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(body).RootElement.ValueKind);
        }
    }

    private static HttpRequestMessage Parse(string text)
    {
        int end = text.IndexOf("\n\n", StringComparison.Ordinal);
        string[] head = text[..end].Split('\n');
        string[] line = head[0].Split(' ');
        var request = new HttpRequestMessage(new HttpMethod(line[0]), line[1]);
        if (end + 2 < text.Length)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text[(end + 2)..]));
        }

        foreach (string[] header in head.Skip(1).Select(header => header.Split(": ", 2)))
        {
            Assert.True(
                request.Headers.TryAddWithoutValidation(header[0], header[1]) || request.Content!.Headers.TryAddWithoutValidation(header[0], header[1]), header[0]);
        }

        return request;
    }

    private static string Describe(HttpResponseMessage response, string body)
    {
        IEnumerable<string> headers = response.Headers.Concat(response.Content.Headers)
            .Where(header => !NotCompared.Contains(header.Key))
            .OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
            .Select(header => $"{header.Key}: {(header.Key.Equals("x-amzn-RequestId", StringComparison.OrdinalIgnoreCase) ? "*" : string.Join(", ", header.Value))}\n");
        return $"{(int)response.StatusCode}\n{string.Concat(headers)}\n{body}";
    }

    /// <summary>
    /// Even rows are entailment, odd ones are not. <c>base</c> cuts long texts, <c>strict</c> refuses them, <c>rating</c> is a regression. A row that begins
    /// with w666 breaks the engine, and one with w667 has no number for a result.
    /// </summary>
    public sealed class Host : IAsyncLifetime
    {
        internal TestHost Value { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            BertConfig regression = BertConfig.Uniform(1000, 8, 1, 2, 16, 64, "rating");
            var tokenizer = new FakeTokenizer();
            bool isNaN = false;
            var engine = new FakeEngine
            {
                OnBatch = batch =>
                {
                    isNaN = batch.Tokens.Contains(667);
                    if (batch.Tokens.Contains(666))
                    {
                        throw new InvalidOperationException("broken");
                    }
                },
                Logit = (row, label) => isNaN ? float.NaN : label == row % 2 ? 2 : -0.5f,
            };
            Value = await TestHost.StartAsync(
                engine,
                tokenizer,
                [
                    new("base", TestHost.CheckpointOf(TestHost.Config, tokenizer), SubNetwork.Full(TestHost.Config)),
                    new("strict", TestHost.CheckpointOf(TestHost.Config, tokenizer), SubNetwork.Full(TestHost.Config)),
                    new("rating", TestHost.CheckpointOf(regression, tokenizer), SubNetwork.Full(regression)),
                ],
                TestHost.Settings(null, ("Endpoints:ByName:strict:OnTooLong", "Refuse"), ("Endpoints:Defaults:Precision", "float32")));
        }

        public async Task DisposeAsync() => await Value.DisposeAsync();
    }
}
