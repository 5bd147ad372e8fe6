using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Endpoints.Serving.Connections;

/// <summary>
/// A request's body that must be there within a time; else reading it ends as 408 and the connection is closed. Whoever sends slowly but above the
/// least rate would otherwise hold a request for as long as the largest body allows. A body that came with its headers costs no timer. What Kestrel
/// makes of a body that is no HTTP, whichever exception that is, is the client's mistake here: 400.
/// </summary>
internal sealed class TimedBody(HttpContext context, TimeSpan timeout, TimeProvider time) : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    private readonly PipeReader _inner = context.Request.BodyReader;
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private bool _isWaiting;
    private bool _isLate;

    public PipeReader Reader => this;

    /// <summary>Runs a request with its body timed.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next, TimeSpan timeout, TimeProvider time) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } ? next(context) : TimeAsync(context, next, timeout, time);

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> reading = _inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? reading : WaitAsync(reading, cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => _inner.TryRead(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _inner.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _inner.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => _inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    public void Dispose() => _timer?.Dispose();

    private static async Task TimeAsync(HttpContext context, RequestDelegate next, TimeSpan timeout, TimeProvider time)
    {
        using var body = new TimedBody(context, timeout, time);
        context.Features.Set<IRequestBodyPipeFeature>(body);
        await next(context);
    }

    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _isWaiting = true;
        }

        _timer ??= time.CreateTimer(static state => ((TimedBody)state!).Expire(), this, timeout, Timeout.InfiniteTimeSpan);
        ReadResult read;
        try
        {
            read = await reading;
        }
        catch (Exception exception) when (exception is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            // Chunk sizes beyond numbers and zeros in trailers, for two, are not among what Kestrel throws the right exception for.
            throw new BadHttpRequestException("The body is not valid HTTP.", StatusCodes.Status400BadRequest, exception);
        }

        lock (_lock)
        {
            _isWaiting = false;
            if (!_isLate)
            {
                return read;
            }
        }

        // The connection ends here, so that a cancellation which came after the read does not end the next request's.
        _inner.AdvanceTo(read.Buffer.End);
        context.Response.Headers.Connection = "close";
        throw new BadHttpRequestException("The body took too long.", StatusCodes.Status408RequestTimeout);
    }

    private void Expire()
    {
        lock (_lock)
        {
            // A body that nobody waits for is the reader's own affair: it has been refused, or is being parsed.
            if (_isWaiting)
            {
                _isLate = true;
                _inner.CancelPendingRead();
            }
        }
    }
}
