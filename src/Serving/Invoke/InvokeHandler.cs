using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Access;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Invoke;

/// <summary>
/// Answers an invocation: find the endpoint (1), see whether it would take a request now (2), read and parse the body (3), admit its rows (4),
/// tokenize on this thread (5), queue and wait for the lanes (6), answer (7). Every way out is counted exactly once.
/// </summary>
internal sealed class InvokeHandler(
    EndpointCatalog catalog,
    AdmissionControl admission,
    LaneTeam lanes,
    ServingState state,
    ServingMetrics metrics,
    ServerOptions options,
    TimeProvider time,
    ILogger<InvokeHandler> logger)
{
    private const string EndpointHeader = "X-Endpoint";

    /// <summary><c>POST /invoke</c>: the endpoint that the header names, else the default one.</summary>
    public Task InvokeAsync(HttpContext context) =>
        context.Request.Headers.TryGetValue(EndpointHeader, out var header) ? InvokeAsync(context, header.ToString()) : InvokeAsync(context, catalog.Default);

    /// <summary><c>POST /endpoints/{name}/invoke</c>.</summary>
    public Task InvokeNamedAsync(HttpContext context) => InvokeAsync(context, (string)context.Request.RouteValues["name"]!);

    private Task InvokeAsync(HttpContext context, string name)
    {
        // :: 1
        if (catalog.Find(name) is { } endpoint)
        {
            return InvokeAsync(context, endpoint);
        }

        metrics.CountUnknownEndpoint();
        ProblemWriter.Write(context, KnownProblems.UnknownEndpoint(name, catalog));
        return Task.CompletedTask;
    }

    private async Task InvokeAsync(HttpContext context, ServedEndpoint endpoint)
    {
        long received = time.GetTimestamp();
        if (state.IsDraining)
        {
            // A client that keeps its connection would never notice that another server should have its next request.
            context.Response.Headers.Connection = "close";
        }

        Problem? problem;
        try
        {
            problem = await TryAnswerAsync(context, endpoint, received);
            if (problem is null)
            {
                return;
            }
        }
        catch (BadHttpRequestException exception)
        {
            problem = KnownProblems.InvalidRequest(exception.StatusCode);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            EndWithoutAnswer(endpoint, received);
            return;
        }
        catch (Exception exception)
        {
            Log.Unexpected(logger, exception, endpoint.Name);
            problem = KnownProblems.Internal();
        }

        endpoint.Metrics.Count(OutcomeText.OfStatus(problem.Status));
        Log.Refused(logger, endpoint.Name, problem.Status, problem.Title, time.GetElapsedTime(received).TotalMilliseconds);
        ProblemWriter.Write(context, problem);
    }

    /// <returns>Null when the request was answered or its client has left, else the problem to answer with.</returns>
    private async ValueTask<Problem?> TryAnswerAsync(HttpContext context, ServedEndpoint endpoint, long received)
    {
        // :: 2 - no byte of the body has been read yet.
        if (!state.IsWarm)
        {
            return KnownProblems.Unavailable(state.Name);
        }

        if (BodyReader.CheckHeaders(context.Request, options.MaxRequestBytes) is { } wrongHeaders)
        {
            return wrongHeaders;
        }

        if (admission.CheckDelay(endpoint) is { } busy)
        {
            return Throttle(endpoint, busy);
        }

        // :: 3
        (Problem? invalid, InvokeRequest request) = await BodyReader.ReadAsync(
            context.Request, options.MaxRequestBytes, options.MaxPairs, context.RequestAborted);
        if (invalid is not null)
        {
            return invalid;
        }

        // :: 4
        long read = time.GetTimestamp();
        long estimatedTokens = request.EstimateTokens(endpoint.MaxLength);
        if (admission.TryAdmit(endpoint, request.Pairs.Length, estimatedTokens) is { } throttled)
        {
            return Throttle(endpoint, throttled);
        }

        // :: 5
        if (!TryTokenize(endpoint, request, estimatedTokens, out Encoding[] rows, out long tokens, out Problem? tooLong))
        {
            return tooLong;
        }

        // :: 6
        var pending = new PendingRequest(rows, endpoint.LabelCount, time.GetTimestamp()) { Payer = context.Features.Get<KeyAccount>() };
        Completion completion = await ComputeAsync(endpoint, pending, tokens, estimatedTokens, context.RequestAborted);

        // :: 7
        switch (completion)
        {
            case Completion.Computed when Scores.AreFinite(pending.Logits):
                Answer(context, endpoint, pending, request.IsMany, received, read);
                return null;
            case Completion.Computed:
                Log.NotANumber(logger, endpoint.Name);
                return KnownProblems.NotANumber(endpoint);
            case Completion.Cancelled:
                EndWithoutAnswer(endpoint, received);
                return null;
            case Completion.TimedOut:
                return KnownProblems.TimedOut(endpoint);
            case Completion.Stopped:
                return KnownProblems.Unavailable(state.Name);
            default:
                return KnownProblems.EngineFailed(endpoint);
        }
    }

    private static Problem Throttle(ServedEndpoint endpoint, Throttled throttled)
    {
        endpoint.Metrics.CountThrottled(throttled.Reason);
        return KnownProblems.Throttled(endpoint, throttled);
    }

    private static bool TryTokenize(
        ServedEndpoint endpoint, InvokeRequest request, long estimatedTokens, out Encoding[] rows, out long tokens, out Problem? tooLong)
    {
        (rows, tokens, tooLong) = (new Encoding[request.Pairs.Length], 0, null);
        bool isDone = false;
        try
        {
            for (int i = 0; i < rows.Length; i++)
            {
                TextPair pair = request.Pairs[i];
                rows[i] = endpoint.Tokenizer.Encode(pair.Text, pair.Hypothesis, endpoint.MaxLength);
                tokens += rows[i].Ids.Length;
                if (rows[i].Truncated && endpoint.Options.OnTooLong == OnTooLong.Refuse)
                {
                    tooLong = KnownProblems.TooLong(endpoint, request.IsMany ? $"pairs[{i}]" : "The input");
                    return false;
                }
            }

            isDone = true;
            return true;
        }
        finally
        {
            if (!isDone)
            {
                endpoint.Load.Withdraw(rows.Length, estimatedTokens);
            }
        }
    }

    private async ValueTask<Completion> ComputeAsync(
        ServedEndpoint endpoint, PendingRequest pending, long tokens, long estimatedTokens, CancellationToken aborted)
    {
        endpoint.Load.Enqueue(pending.RowCount, tokens, estimatedTokens);
        endpoint.Batcher.Enqueue(pending);
        lanes.Wake();

        using CancellationTokenRegistration onAbort = aborted.UnsafeRegister(_ => endpoint.Batcher.Abandon(pending, Completion.Cancelled), null);
        using ITimer? onTimeout = endpoint.Options.RequestTimeout is { } timeout
            ? time.CreateTimer(_ => endpoint.Batcher.Abandon(pending, Completion.TimedOut), null, timeout, Timeout.InfiniteTimeSpan)
            : null;
        return await pending.Ended;
    }

    private void Answer(HttpContext context, ServedEndpoint endpoint, PendingRequest pending, bool isMany, long received, long read)
    {
        ReadOnlySpan<byte> body = AnswerWriter.Write(endpoint, pending, isMany);
        var timings = new RequestTimings(received, read, pending.EnqueuedAt, pending.StartedAt, pending.FinishedAt, time.GetTimestamp());
        endpoint.Metrics.RecordAnswer(timings, time);
        endpoint.Metrics.Count(Outcome.Ok);
        Log.Answered(logger, endpoint.Name, pending.RowCount, time.GetElapsedTime(received, timings.Answered).TotalMilliseconds);

        HttpResponse response = context.Response;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        response.Headers["Server-Timing"] = timings.ToServerTiming(time);

        // The server flushes what is written when the request ends.
        body.CopyTo(response.BodyWriter.GetSpan(body.Length));
        response.BodyWriter.Advance(body.Length);
    }

    private void EndWithoutAnswer(ServedEndpoint endpoint, long received)
    {
        endpoint.Metrics.Count(Outcome.Cancelled);
        Log.Left(logger, endpoint.Name, time.GetElapsedTime(received).TotalMilliseconds);
    }
}
