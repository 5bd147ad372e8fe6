using System.Net;
using System.Net.Http.Headers;
using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>
/// Sends questions to one https URL over a connection of its own (HTTP/1.1, kept alive) and times the answers. It asks the handler directly, below
/// <see cref="HttpClient"/>, whose conveniences cost more than they give here. No proxy, no redirects, no cookies, no retries: what the server does is what counts.
/// </summary>
internal sealed class TargetClient : ITargetClient
{
    /// <summary>Answers are kept up to here to be checked; the rest of a longer one is read, timed and counted, but not kept.</summary>
    private const int MaxKeptBytes = 16 << 20;

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly LoadTarget _target;
    private readonly AnswerJudge _judge;
    private readonly TimeProvider _time;
    private readonly CancellationToken _interrupted;
    private readonly HttpMessageInvoker _http;
    private readonly Deadline _deadline;
    private byte[] _body = new byte[4096];
    private int _kept;

    public TargetClient(LoadTarget target, LoadTestOptions options, TimeProvider time, CancellationToken interrupted)
    {
        _target = target;
        _judge = new AnswerJudge(target, options);
        _time = time;
        _interrupted = interrupted;
        _deadline = new Deadline(options.Timeout, time, interrupted);
        _http = new HttpMessageInvoker(target.Connection.Handler(options.Timeout));
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Body => _body.AsSpan(0, _kept);

    /// <inheritdoc/>
    public async Task<Answer?> AskAsync(Question question)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _target.Url)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(question.Body) { Headers = { ContentType = Json } },
        };
        _target.Connection.AddHeaders(request.Headers);
        CancellationToken deadline = _deadline.Start();
        long start = _time.GetTimestamp();
        _kept = 0;
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, deadline).ConfigureAwait(false);
            long bytes = await ReadBodyAsync(response, deadline).ConfigureAwait(false);
            TimeSpan latency = _time.GetElapsedTime(start);
            return _judge.Of((int)response.StatusCode, response.ReasonPhrase, Body, question) with { Latency = latency, Bytes = bytes, Timing = TimingOf(response) };
        }
        catch (OperationCanceledException) when (_interrupted.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException exception)
        {
            return _judge.Late(exception) with { Latency = _time.GetElapsedTime(start) };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return AnswerJudge.Broken(exception) with { Latency = _time.GetElapsedTime(start) };
        }
        finally
        {
            _deadline.Stop();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _deadline.Dispose();
    }

    private async Task<long> ReadBodyAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
        long bytes = 0;
        while (true)
        {
            int read = await stream.ReadAsync(_body.AsMemory(_kept), deadline).ConfigureAwait(false);
            if (read == 0)
            {
                return bytes;
            }

            bytes += read;
            _kept += read;
            if (_kept == _body.Length && _body.Length < MaxKeptBytes)
            {
                Array.Resize(ref _body, _body.Length * 2);
            }
            else if (_kept == _body.Length)
            {
                // Too long to keep: the last byte is read over and over, so what is kept is no longer valid JSON and passes no check.
                _kept--;
                _body[_kept] = 0;
            }
        }
    }

    private static ServerTiming? TimingOf(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Server-Timing", out HeaderStringValues values) ? ServerTiming.Parse(values.ToString()) : null;
}
