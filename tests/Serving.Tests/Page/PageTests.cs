using System.Globalization;
using System.Net;
using System.Text.Json;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.Serving.Tests.Page;

/// <summary>The page at <c>/</c>, in a real browser: what a person sees, reads out and types.</summary>
public sealed class PageTests
{
    private const string Text = "document.getElementById('{0}').textContent";

    [Fact]
    public async Task Files_AllThatThePageNeeds_AreServedUnderAStrictPolicy()
    {
        await using TestHost host = await StartAsync();
        foreach (string path in (string[])["/", "/page/page.css", "/page/page.js", "/page/metrics.js", "/page/front.js", "/page/try.js", "/page/server.js"])
        {
            using HttpResponseMessage response = await host.Client.GetAsync(path);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.StartsWith("default-src 'none'; script-src 'self';", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            string content = await response.Content.ReadAsStringAsync();
            Assert.True(content.Split('\n').Length <= 180, $"{path} has grown long");
            Assert.DoesNotContain("style=\"", content, StringComparison.Ordinal);
        }
    }

    [BrowserTheory]
    [InlineData(1280, "light")]
    [InlineData(360, "dark")]
    public async Task Page_AnyWidthAndScheme_FitsReadsWellAndComplainsOfNothing(int width, string scheme)
    {
        await using TestHost host = await StartAsync();
        await using Browser browser = await Browser.OpenAsync(host.Address, width, 800, scheme);
        await AskAsync(browser);

        Assert.True((await browser.EvaluateAsync("document.documentElement.scrollWidth")).GetInt32() <= width, "The page scrolls sideways.");
        Assert.Equal(["base", "half", "tiny"], await NamesAsync(browser, "#figures th"));
        foreach (JsonElement contrast in (await browser.EvaluateAsync(LowestContrasts)).EnumerateArray())
        {
            Assert.True(contrast.GetProperty("ratio").GetDouble() >= 4.5, contrast.ToString());
        }

        (string Role, string Name)[] controls = await browser.ControlsAsync();
        Assert.True(controls.Count(control => control.Role == "textbox") == 2 && controls.Count(control => control.Role == "button") == 2, string.Join("; ", controls));
        Assert.All(controls, control => Assert.False(string.IsNullOrWhiteSpace(control.Name), $"A {control.Role} without a name."));
        Assert.Empty(browser.Complaints);
        if (Environment.GetEnvironmentVariable("PAGE_PICTURES") is { Length: > 0 } folder)
        {
            await browser.ScreenshotAsync(Path.Combine(folder, $"page-{width}-{scheme}.png"));
        }
    }

    [BrowserFact]
    public async Task Try_ByKeyboardAlone_ShowsEveryEndpointsAnswerSideBySide()
    {
        await using TestHost host = await StartAsync();
        await using Browser browser = await Browser.OpenAsync(host.Address);
        host.Engine.Batches.Clear();
        await browser.EvaluateAsync("document.getElementById('premise').select()");
        await browser.EvaluateAsync("document.getElementById('premise').focus()");
        await browser.TypeAsync("w7 w8");
        await browser.PressAsync("Tab", 9);
        Assert.Equal("hypothesis", (await browser.EvaluateAsync("document.activeElement.id")).GetString());
        await browser.EvaluateAsync("document.activeElement.select()");
        await browser.TypeAsync("w9");
        await browser.PressAsync("Tab", 9);
        await browser.PressAsync("Enter", 13, "\r");

        await browser.UntilAsync($"{string.Format(CultureInfo.InvariantCulture, Text, "asked")} === '3 of 3 endpoints answered.'");

        Assert.Equal(["base", "half", "tiny"], await NamesAsync(browser, "#rows th"));
        Assert.Equal(["entailment", "entailment", "entailment"], await NamesAsync(browser, "#rows td:nth-child(2)"));
        Assert.Equal([6, 6, 6], host.Engine.Batches.Select(batch => batch.Tokens));
        Assert.Equal([7, 7, 7], host.Engine.Batches.Select(batch => batch.FirstWords.Single()));
        Assert.Equal(["6", "6", "6"], await NamesAsync(browser, "#rows td:nth-child(6)"));
    }

    [BrowserFact]
    public async Task Try_AnEndpointRefuses_ShowsWhyBesideTheOthersAnswers()
    {
        await using TestHost host = await StartAsync();
        await using Browser browser = await Browser.OpenAsync(host.Address);
        await browser.EvaluateAsync($"document.getElementById('premise').value = '{string.Concat(Enumerable.Repeat("x ", 70))}'");
        await browser.EvaluateAsync("document.querySelector('#pair button').click()");

        await browser.UntilAsync($"{string.Format(CultureInfo.InvariantCulture, Text, "asked")} === '2 of 3 endpoints answered.'");

        Assert.Contains("longer than the 64 tokens that endpoint 'half' takes", (await browser.EvaluateAsync("document.querySelector('#rows .trouble').textContent")).GetString(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Figures_AfterTraffic_AreThoseOfTheMetrics()
    {
        await using TestHost host = await StartAsync();
        await using Browser browser = await Browser.OpenAsync(host.Address);
        Assert.Equal("0 %", (await browser.EvaluateAsync("document.querySelector('#figures td:nth-child(6)').textContent")).GetString());
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(TestHost.Body(), "/endpoints/half/invoke")).StatusCode);
        }

        await browser.UntilAsync("Number(document.querySelector('#figures tr:nth-child(2) td:nth-child(2)').textContent) > 0");

        double median = double.Parse(
            (await browser.EvaluateAsync("document.querySelector('#figures tr:nth-child(2) td:nth-child(3)').textContent")).GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange(median, 0.01, 10_000);
        Assert.Equal("–", (await browser.EvaluateAsync("document.querySelector('#figures tr:nth-child(1) td:nth-child(3)').textContent")).GetString());
    }

    [BrowserFact]
    public async Task Front_AfterEveryEndpointAnswered_PlacesThoseWithAnAccuracy()
    {
        await using TestHost host = await StartAsync();
        await using Browser browser = await Browser.OpenAsync(host.Address);
        await AskAsync(browser);

        await browser.UntilAsync("document.querySelectorAll('#front circle').length === 2");

        string text = (await browser.EvaluateAsync("document.getElementById('front-text').textContent")).GetString()!;
        Assert.Contains("base (", text, StringComparison.Ordinal);
        Assert.Contains("Not placed: tiny (no accuracy measured on exactly this network).", text, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Page_ServerAsksForAKey_IsShownAndTakesIt()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("keys.txt"), "me the-key-of-this-test");
        await using TestHost host = await StartAsync(("Endpoints:Access:KeyFile", folder.File("keys.txt")));
        await using Browser browser = await Browser.OpenAsync(host.Address, state: "no figures: the server answers 401");
        await browser.UntilAsync("document.getElementById('access').checkVisibility()");
        await browser.EvaluateAsync("document.getElementById('key').focus()");
        await browser.TypeAsync("the-key-of-this-test");
        await browser.PressAsync("Enter", 13, "\r");

        await browser.UntilAsync("document.getElementById('state').textContent === 'ready'");

        Assert.False((await browser.EvaluateAsync("document.getElementById('access').checkVisibility()")).GetBoolean());
        Assert.Equal(["base", "half", "tiny"], await NamesAsync(browser, "#figures th"));
    }

    /// <summary>The page's own arithmetic, against figures worked out by hand.</summary>
    [BrowserTheory]
    [InlineData("quantile([{bound: 1, count: 2}, {bound: 2, count: 6}, {bound: Infinity, count: 6}], 0.5)", "1.25")]
    [InlineData("quantile([{bound: 1, count: 0}, {bound: Infinity, count: 4}], 0.95)", "1")]
    [InlineData("quantile([{bound: 1, count: 0}, {bound: Infinity, count: 0}], 0.5)", "null")]
    [InlineData("parse('a{b=\"c\\\\\"d\",e=\"f\"} +Inf').get('a')[0].labels.b", "\"c\\\"d\"")]
    [InlineData("sum(parse('n{x=\"1\",y=\"2\"} 3\\nn{x=\"1\",y=\"3\"} 4\\nn{x=\"2\"} 5'), 'n', {x: '1'})", "7")]
    [InlineData("best([{x: 1, y: 0.8}, {x: 2, y: 0.7}, {x: 3, y: 0.9}, {x: 3, y: 0.9}]).map(p => p.x).join()", "\"1,3,3\"")]
    [InlineData("ticks(0, 10).join()", "\"0,5,10\"")]
    [InlineData("ticks(0.88, 0.93).map(v => v.toFixed(2)).join()", "\"0.88,0.90,0.92,0.94\"")]
    public async Task Script_OwnArithmetic_IsRight(string expression, string expected)
    {
        await using TestHost host = await StartAsync();
        await using Browser browser = await Browser.OpenAsync(host.Address);

        JsonElement value = await browser.EvaluateAsync(
            $"Promise.all([import('/page/metrics.js'), import('/page/front.js')]).then(([{{quantile, parse, sum}}, {{best, ticks}}]) => JSON.stringify({expression}))");

        Assert.Equal(expected, value.GetString());
    }

    // For each element with text of its own: the contrast of its colour with the nearest background that is not transparent.
    private const string LowestContrasts = """
        (() => {
          const channels = color => color.match(/[\d.]+/g).map(Number);
          const light = color => { const [r, g, b] = channels(color).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const behind = element => { for (let e = element; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (channels(c).length < 4 || channels(c)[3] > 0) return c; } return 'rgb(255, 255, 255)'; };
          return [...document.querySelectorAll('body *')]
            .filter(e => e.checkVisibility() && !e.closest('svg, noscript, .skip') && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
            .map(e => { const [a, b] = [light(getComputedStyle(e).color), light(behind(e))]; return { text: e.textContent.slice(0, 30), ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) }; });
        })()
        """;

    // base and half were measured; half refuses long texts; tiny is a cut that nobody measured.
    private static Task<TestHost> StartAsync(params (string Key, string Value)[] configuration)
    {
        var tokenizer = new FakeTokenizer();
        Checkpoint Measured(double accuracy) => TestHost.CheckpointOf(
            TestHost.Config, tokenizer, new EndpointMetadata { Task = "rte", Split = "test", Metrics = new Dictionary<string, double> { ["accuracy"] = accuracy } });
        Checkpoint checkpoint = Measured(0.914);
        return TestHost.StartAsync(
            new FakeEngine(),
            tokenizer,
            [
                new("base", checkpoint, SubNetwork.Full(TestHost.Config)),
                new("half", Measured(0.897), SubNetwork.Full(TestHost.Config)),
                new("tiny", checkpoint, SubNetwork.Small(TestHost.Config, 1, 1, 8)),
            ],
            TestHost.Settings(null, [("Endpoints:ByName:half:OnTooLong", "Refuse"), .. configuration]));
    }

    private static async Task AskAsync(Browser browser)
    {
        await browser.EvaluateAsync("document.querySelector('#pair button').click()");
        await browser.UntilAsync($"{string.Format(CultureInfo.InvariantCulture, Text, "asked")} === '3 of 3 endpoints answered.'");
    }

    private static async Task<string[]> NamesAsync(Browser browser, string selector) =>
        [.. (await browser.EvaluateAsync($"[...document.querySelectorAll('{selector}')].map(cell => cell.textContent)")).EnumerateArray().Select(name => name.GetString()!)];
}
