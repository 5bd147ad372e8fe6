using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Endpoints.Serving.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.Serving.Tests.Page;

/// <summary>A real Chromium without a window, driven over its DevTools protocol.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly string? Program = Array.Find(Candidates, File.Exists);

    private readonly TemporaryFolder _profile = new();
    private readonly ClientWebSocket _socket = new();
    private readonly List<string> _complaints = [];
    private Process? _process;
    private int _lastId;

    private Browser()
    {
    }

    /// <summary>Why there is none here; null where there is.</summary>
    public static string? Problem => Program is null ? $"No Chromium here ({string.Join(", ", Candidates)})." : null;

    /// <summary>What the page threw, logged as an error, or was kept from by its Content-Security-Policy.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Opens a page in a window of a size, in a light or dark scheme, and waits until it shows a state.</summary>
    public static async Task<Browser> OpenAsync(Uri address, int width = 1280, int height = 900, string scheme = "light", string state = "ready")
    {
        var browser = new Browser();
        await browser.StartAsync();
        await browser.CallAsync("Runtime.enable");
        await browser.CallAsync("Log.enable");
        await browser.CallAsync("Page.enable");
        await browser.CallAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 500 });
        await browser.CallAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });
        await browser.CallAsync("Page.navigate", new() { ["url"] = address.ToString() });
        await browser.UntilAsync($"document.readyState === 'complete' && document.getElementById('state')?.textContent === '{state}'");
        return browser;
    }

    /// <summary>Evaluates an expression in the page, a promise's outcome where it is one.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        JsonElement reply = await CallAsync("Runtime.evaluate", new() { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        Assert.False(reply.TryGetProperty("exceptionDetails", out JsonElement details), details.ToString());
        return reply.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    /// <summary>Waits until an expression of the page is true.</summary>
    public async Task UntilAsync(string condition)
    {
        using var patience = new CancellationTokenSource(TestHost.Patience);
        while ((await EvaluateAsync($"Boolean({condition})")).ValueKind != JsonValueKind.True)
        {
            Assert.False(patience.IsCancellationRequested, $"Never true in the page: {condition}. {string.Join("; ", _complaints)}");
        }
    }

    /// <summary>Presses a key on whatever has the focus.</summary>
    public async Task PressAsync(string key, int code, string? text = null)
    {
        var down = new JsonObject { ["type"] = "keyDown", ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code };
        if (text is not null)
        {
            down["text"] = text;
        }

        await CallAsync("Input.dispatchKeyEvent", down);
        await CallAsync("Input.dispatchKeyEvent", new() { ["type"] = "keyUp", ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code });
    }

    /// <summary>Types into whatever has the focus.</summary>
    public Task TypeAsync(string text) => CallAsync("Input.insertText", new() { ["text"] = text });

    /// <summary>Everything in the page that assistive technology can operate: its role and its name.</summary>
    public async Task<(string Role, string Name)[]> ControlsAsync()
    {
        await CallAsync("Accessibility.enable");
        JsonElement tree = await CallAsync("Accessibility.getFullAXTree");
        return [.. from node in tree.GetProperty("nodes").EnumerateArray()
                   where !node.GetProperty("ignored").GetBoolean()
                   let role = node.GetProperty("role").GetProperty("value").GetString()
                   where role is "button" or "textbox" or "link" or "region" or "table" or "image" or "img" or "checkbox"
                   select (role, node.TryGetProperty("name", out JsonElement name) ? name.GetProperty("value").GetString() ?? "" : "")];
    }

    /// <summary>Writes a picture of the whole page.</summary>
    public async Task ScreenshotAsync(string file)
    {
        JsonElement reply = await CallAsync("Page.captureScreenshot", new() { ["captureBeyondViewport"] = true });
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(reply.GetProperty("data").GetString()!));
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _profile.Dispose();
    }

    private async Task StartAsync()
    {
        string[] arguments =
        [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking",
            "--remote-debugging-port=0", $"--user-data-dir={_profile.Path}", "about:blank",
        ];
        _process = Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        const string marker = "DevTools listening on ";
        while (await _process.StandardError.ReadLineAsync().WaitAsync(TestHost.Patience) is { } line)
        {
            if (line.StartsWith(marker, StringComparison.Ordinal))
            {
                // The rest has to be read, or the browser would block on a full pipe.
                _ = _process.StandardError.ReadToEndAsync();
                await ConnectAsync(new Uri(line[marker.Length..]));
                return;
            }
        }

        throw new InvalidOperationException("Chromium ended without listening.");
    }

    private async Task ConnectAsync(Uri devTools)
    {
        using var client = new HttpClient();
        string pages = await client.GetStringAsync(new Uri($"http://{devTools.Authority}/json/list"));
        JsonElement page = JsonDocument.Parse(pages).RootElement.EnumerateArray().First(target => target.GetProperty("type").GetString() == "page");
        await _socket.ConnectAsync(new Uri(page.GetProperty("webSocketDebuggerUrl").GetString()!), CancellationToken.None);
    }

    private async Task<JsonElement> CallAsync(string method, JsonObject? parameters = null)
    {
        int id = ++_lastId;
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        while (true)
        {
            JsonElement message = await ReceiveAsync().WaitAsync(TestHost.Patience);
            if (message.TryGetProperty("id", out JsonElement replied) && replied.GetInt32() == id)
            {
                return message.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException($"{method}: {message}");
            }

            Hear(message);
        }
    }

    private async Task<JsonElement> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[65_536];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonDocument.Parse(message.ToArray()).RootElement;
    }

    private void Hear(JsonElement message)
    {
        string method = message.GetProperty("method").GetString()!;
        bool isComplaint = method == "Runtime.exceptionThrown"
            || (method == "Log.entryAdded" && message.GetProperty("params").GetProperty("entry").GetProperty("level").GetString() == "error")
            || (method == "Runtime.consoleAPICalled" && message.GetProperty("params").GetProperty("type").GetString() == "error");
        if (isComplaint)
        {
            _complaints.Add(message.GetProperty("params").ToString());
        }
    }
}

/// <summary>A test that runs where Chromium is.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Problem;
}

/// <summary>A theory that runs where Chromium is.</summary>
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Problem;
}
