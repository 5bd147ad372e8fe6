using System.Globalization;
using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Access;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Agreement;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Cascades;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Elastic;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Invoke;

/// <summary>
/// Answers an invocation of any protocol: find the endpoint (1), see whether it would take a request now (2), read and parse the body (3), admit its
/// rows (4), tokenize on this thread (5), queue and wait for the lanes (6), answer (7). Every way out is counted exactly once.
/// </summary>
internal sealed class InvocationPipeline(
    EndpointCatalog catalog,
    ElasticEndpoints elastics,
    EndpointDirectory directory,
    AdmissionControl admission,
    LaneTeam lanes,
    AgreementCheck agreement,
    LargeBodies turns,
    ServingState state,
    ServingMetrics metrics,
    ServerOptions options,
    TimeProvider time,
    ILogger<InvocationPipeline> logger)
{
    /// <summary>Invokes the endpoint of a name; null: the default one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="name">The endpoint's.</param>
    /// <param name="version">The version that it must be, where the request names one.</param>
    public Task InvokeAsync(HttpContext context, WireFormat format, string? name, string? version = null)
    {
        // :: 1
        ElasticEndpoint? elastic = name is null ? null : elastics.Find(name);
        if ((elastic is null ? catalog.Enter(name) : elastic.Enter()) is not { } endpoint)
        {
            return RefuseUnknown(context, format, KnownProblems.UnknownEndpoint(name!, directory.Names));
        }

        string now = (elastic is null ? endpoint.Version : ElasticEndpoint.Version).ToString(CultureInfo.InvariantCulture);
        if (version is not null && version != now)
        {
            endpoint.Leave();
            return RefuseUnknown(context, format, KnownProblems.UnknownVersion(name!, version, now));
        }

        return InvokeAsync(context, format, new Visit(endpoint, elastic, time.GetTimestamp()));
    }

    private Task RefuseUnknown(HttpContext context, WireFormat format, Problem problem)
    {
        format.WriteProblem(context, problem);
        metrics.CountUnknownEndpoint(context.Response.StatusCode);
        return Task.CompletedTask;
    }

    private async Task InvokeAsync(HttpContext context, WireFormat format, Visit visit)
    {
        if (state.IsDraining)
        {
            // A client that keeps its connection would never notice that another server should have its next request.
            context.Response.Headers.Connection = "close";
        }

        Problem? problem;
        try
        {
            problem = await TryAnswerAsync(context, format, visit);
            if (problem is null)
            {
                return;
            }
        }
        catch (BadHttpRequestException exception)
        {
            problem = KnownProblems.InvalidRequest(exception.StatusCode, format.Example);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            EndWithoutAnswer(visit);
            return;
        }
        catch (Exception exception)
        {
            Log.Unexpected(logger, exception, visit.Endpoint.Name);
            problem = KnownProblems.Internal();
        }
        finally
        {
            LeaveTurn(visit);
            visit.Endpoint.Leave();
        }

        ServedEndpoint endpoint = visit.Endpoint;
        endpoint.Metrics.Count(OutcomeText.OfStatus(problem.Status));
        Log.Refused(logger, endpoint.Name, problem.Status, problem.Title, time.GetElapsedTime(visit.Received).TotalMilliseconds);
        format.WriteProblem(context, problem);
        endpoint.Metrics.CountResponse(context.Response.StatusCode);
    }

    /// <returns>Null when the request was answered or its client has left, else the problem to answer with.</returns>
    private async ValueTask<Problem?> TryAnswerAsync(HttpContext context, WireFormat format, Visit visit)
    {
        // :: 2 - no byte of the body has been read yet.
        if (!state.IsWarm)
        {
            return KnownProblems.Unavailable(state.Name);
        }

        if (BodyReader.CheckHeaders(context.Request, format, options.MaxRequestBytes) is { } wrongHeaders)
        {
            return wrongHeaders;
        }

        if (RequestTerms.ReadHeaders(context.Request.Headers, out RequestTerms headerTerms) is { } wrongTerms)
        {
            return wrongTerms;
        }

        // An elastic endpoint has others to turn to.
        if (visit.Elastic is null && admission.CheckDelay(visit.Endpoint, headerTerms.Priority ?? Priority.Normal) is { } busy)
        {
            return Throttle(visit.Endpoint, busy);
        }

        // :: 3
        (Problem? invalid, Invocation invocation, visit.HasTurn) = await BodyReader.ReadAsync(context.Request, format, visit.Endpoint, options, turns, context.RequestAborted);
        if (invalid is not null)
        {
            return invalid;
        }

        // :: 4
        visit.Read = time.GetTimestamp();
        RequestTerms terms = invocation.Terms.Over(headerTerms);
        if (!TryChoose(visit, invocation, terms))
        {
            return KnownProblems.NotAccurate(visit.Elastic?.Name ?? visit.Endpoint.Name, terms.MinAccuracy!.Value);
        }

        return await ComputeAnswerAsync(context, format, visit, invocation, terms);
    }

    /// <summary>Moves a visit of an elastic endpoint to the member that answers it.</summary>
    /// <returns>False when nothing there is known to be as accurate as asked.</returns>
    private bool TryChoose(Visit visit, in Invocation invocation, RequestTerms terms)
    {
        if (visit.Elastic is not { } elastic)
        {
            return terms.MinAccuracy is null || visit.Endpoint.Description.Accuracy >= terms.MinAccuracy;
        }

        TimeSpan? left = terms.Deadline - time.GetElapsedTime(visit.Received);
        if (elastic.Choose(invocation.EstimateWork(visit.Endpoint.MaxLength), terms.Priority ?? Priority.Normal, left, terms.MinAccuracy) is not { } member)
        {
            return false;
        }

        visit.Endpoint.Leave();
        visit.Endpoint = member;
        return true;
    }

    /// <returns>Null when the request was answered or its client has left, else the problem to answer with.</returns>
    private async ValueTask<Problem?> ComputeAnswerAsync(HttpContext context, WireFormat format, Visit visit, Invocation invocation, RequestTerms terms)
    {
        ServedEndpoint endpoint = visit.Endpoint;
        TimeSpan? limit = terms.LimitOf(endpoint.Options);
        Priority priority = terms.Priority ?? Priority.Normal;
        long deadline = limit is { } allowed ? visit.Received + (long)(allowed.TotalSeconds * time.TimestampFrequency) : long.MaxValue;
        Work estimated = invocation.EstimateWork(endpoint.MaxLength);
        if (admission.TryAdmit(endpoint, estimated, priority, deadline) is { } refused)
        {
            return refused.Reason == ThrottleReason.Deadline ? Late(endpoint, limit!.Value, refused.Wait) : Throttle(endpoint, refused);
        }

        // :: 5
        if (Tokenize(endpoint, invocation, estimated, priority, out Encoding[] rows) is { } tooLong)
        {
            return tooLong;
        }

        LeaveTurn(visit);

        // :: 6
        var pending = new PendingRequest(rows, endpoint.LabelCount, time.GetTimestamp(), priority, deadline)
        {
            Owner = endpoint.Owner,
            Payer = context.Features.Get<KeyAccount>(),
            Escalated = endpoint.Cascade is null ? [] : new bool[rows.Length],
        };
        Completion completion = await ComputeAsync(endpoint, pending, estimated, context.RequestAborted);

        // :: 7
        switch (completion)
        {
            case Completion.Computed when Scores.AreFinite(pending.Logits):
                Answer(context, format, invocation.Form, visit, pending);
                return null;
            case Completion.Computed:
                Log.NotANumber(logger, endpoint.Name);
                return KnownProblems.NotANumber(endpoint);
            case Completion.Cancelled:
                EndWithoutAnswer(visit);
                return null;
            case Completion.TimedOut:
                return Late(endpoint, limit!.Value, predicted: null);
            case Completion.Stopped:
                return KnownProblems.Unavailable(state.Name);
            default:
                return KnownProblems.EngineFailed(endpoint);
        }
    }

    // A large body waits for its answer without it.
    private void LeaveTurn(Visit visit)
    {
        if (visit.HasTurn)
        {
            visit.HasTurn = false;
            turns.Leave();
        }
    }

    private static Problem Throttle(ServedEndpoint endpoint, Throttled throttled)
    {
        endpoint.Metrics.CountThrottled(throttled.Reason);
        return KnownProblems.Throttled(endpoint, throttled);
    }

    private static Problem Late(ServedEndpoint endpoint, TimeSpan limit, TimeSpan? predicted)
    {
        endpoint.Metrics.CountLate(isRefused: predicted is not null);
        return KnownProblems.Late(endpoint, limit, predicted);
    }

    // Rows that do not reach the queue give back what they were admitted with.
    private static Problem? Tokenize(ServedEndpoint endpoint, in Invocation invocation, Work estimated, Priority priority, out Encoding[] rows)
    {
        bool isDone = false;
        try
        {
            Problem? tooLong = RowEncoder.Encode(endpoint, invocation, out rows);
            isDone = tooLong is null;
            return tooLong;
        }
        finally
        {
            if (!isDone)
            {
                endpoint.Load.Withdraw(estimated, priority);
            }
        }
    }

    private async ValueTask<Completion> ComputeAsync(ServedEndpoint endpoint, PendingRequest pending, Work estimated, CancellationToken aborted)
    {
        endpoint.Queue.Batcher.Enqueue(pending, estimated);
        using CancellationTokenRegistration onAbort = aborted.UnsafeRegister(_ => endpoint.Queue.Batcher.Abandon(pending, Completion.Cancelled), null);
        using ITimer? onDeadline = pending.Deadline != long.MaxValue
            ? time.CreateTimer(_ => endpoint.Queue.Batcher.Abandon(pending, Completion.TimedOut), null, UntilDeadline(pending), Timeout.InfiniteTimeSpan)
            : null;

        // A lane that was idle finds a request whose deadline is watched.
        lanes.Wake();
        return await pending.Ended;
    }

    // A timer counts whole milliseconds: rounded up, it never fires before the deadline.
    private TimeSpan UntilDeadline(PendingRequest pending) =>
        TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(time.GetElapsedTime(time.GetTimestamp(), pending.Deadline).TotalMilliseconds)));

    private void Answer(HttpContext context, WireFormat format, AnswerForm form, Visit visit, PendingRequest pending)
    {
        ServedEndpoint endpoint = visit.Endpoint;
        AnswerBuffer buffer = AnswerBuffer.OfThread();
        form.Write(buffer, endpoint, pending);
        ReadOnlySpan<byte> body = buffer.Finish();
        var timings = new RequestTimings(visit.Received, visit.Read, pending.EnqueuedAt, pending.StartedAt, pending.FinishedAt, time.GetTimestamp());
        endpoint.Metrics.RecordAnswer(timings, time);
        endpoint.Metrics.Count(Outcome.Ok);
        endpoint.Metrics.CountResponse(StatusCodes.Status200OK);
        Log.Answered(logger, endpoint.Name, pending.RowCount, time.GetElapsedTime(visit.Received, timings.Answered).TotalMilliseconds);

        HttpResponse response = context.Response;
        response.ContentType = form.ContentType;
        response.ContentLength = body.Length;
        response.Headers["Server-Timing"] = timings.ToServerTiming(time);
        if (endpoint.Cascade is { } cascade)
        {
            CascadeHeaders.Add(response, cascade, pending);
        }

        if (visit.Elastic is not null)
        {
            ElasticHeaders.Add(response, endpoint);
        }

        format.AddHeaders(context);

        // The server flushes what is written when the request ends.
        body.CopyTo(response.BodyWriter.GetSpan(body.Length));
        response.BodyWriter.Advance(body.Length);
        if (agreement.Offer(endpoint, pending))
        {
            lanes.Wake();
        }
    }

    private void EndWithoutAnswer(Visit visit)
    {
        ServedEndpoint endpoint = visit.Endpoint;
        endpoint.Metrics.Count(Outcome.Cancelled);
        endpoint.Metrics.CountResponse(ResponseTags.ClientLeft);
        Log.Left(logger, endpoint.Name, time.GetElapsedTime(visit.Received).TotalMilliseconds);
    }

    /// <summary>A request on its way: at which endpoint it is, and since when.</summary>
    private sealed class Visit(ServedEndpoint endpoint, ElasticEndpoint? elastic, long received)
    {
        /// <summary>Entered; whoever moves the visit leaves it.</summary>
        public ServedEndpoint Endpoint { get; set; } = endpoint;

        public ElasticEndpoint? Elastic => elastic;

        public long Received => received;

        /// <summary>Whether it has one of the <see cref="LargeBodies"/>' turns.</summary>
        public bool HasTurn { get; set; }

        /// <summary>Timestamp at which the body was read.</summary>
        public long Read { get; set; }
    }
}
