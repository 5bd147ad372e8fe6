using System.Globalization;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Elastic;

/// <summary>
/// A name for several endpoints, of which each request gets the most accurate one that answers in time. Under load it steps down to less accurate ones
/// before it refuses anything.
/// </summary>
/// <remarks>
/// The step that requests start from is shared by all of them. It goes down as soon as the wait there comes near the promise, and up again only after a
/// while in which the endpoint above could have done all the work that came: a queue that is short because others do the work proves nothing.
/// </remarks>
/// <param name="name">Its name.</param>
/// <param name="members">Names of its endpoints, the most accurate first.</param>
/// <param name="catalog">Where they are.</param>
/// <param name="waits">Predicts their waits.</param>
/// <param name="lanes">What they share.</param>
/// <param name="time">The clock.</param>
internal sealed class ElasticEndpoint(
    string name, IReadOnlyList<string> members, EndpointCatalog catalog, WaitEstimator waits, LaneClock lanes, TimeProvider time)
{
    /// <summary>Share of the promise from which on the wait makes it step down.</summary>
    private const double DownAt = 0.5;

    /// <summary>Share of the promise below which the wait must be to step up.</summary>
    private const double UpBelow = 0.25;

    /// <summary>Share of the lanes that all of the work may take on the endpoint above.</summary>
    private const double UpLoad = 0.7;

    /// <summary>Time over which work is averaged, and that must pass before a step up.</summary>
    private const double Memory = 1;

    /// <summary>Time that a step down has to show its effect before the next one.</summary>
    private const double DownPause = 0.1;

    /// <summary>What it is made of is configured, so it stays what it is while its members may be replaced.</summary>
    public const int Version = 1;

    private readonly Lock _lock = new();
    private readonly long[] _answers = new long[members.Count];
    private double _rows;
    private double _tokens;
    private double _squares;
    private long _lastCame = time.GetTimestamp();
    private long _lastStep = time.GetTimestamp();
    private int _step;

    public string Name => name;

    public IReadOnlyList<string> Members => members;

    /// <summary>Index of the member that requests start from.</summary>
    public int Step => Volatile.Read(ref _step);

    /// <summary>Requests that were sent to a member.</summary>
    public long AnswersOf(int member) => Volatile.Read(ref _answers[member]);

    /// <summary>The first member there is; null: every one has been removed.</summary>
    public ServedEndpoint? First => members.Select(catalog.Find).FirstOrDefault(endpoint => endpoint is not null);

    /// <summary>Enters the first member there is, which stands for them all until one is chosen. Null: every one has been removed.</summary>
    public ServedEndpoint? Enter()
    {
        foreach (string member in members)
        {
            if (catalog.Enter(member) is { } endpoint)
            {
                return endpoint;
            }
        }

        return null;
    }

    /// <summary>Enters the member that a request gets; the caller leaves it. It may refuse the request, if every one would.</summary>
    /// <param name="work">The request's estimated work.</param>
    /// <param name="priority">Its priority.</param>
    /// <param name="left">Time left until its deadline; null for any.</param>
    /// <param name="minAccuracy">Least accuracy, as measured, that the member must have; null for any.</param>
    /// <returns>Null when no member is known to be so accurate.</returns>
    public ServedEndpoint? Choose(Work work, Priority priority, TimeSpan? left, double? minAccuracy)
    {
        int first = Observe(work, priority);
        int chosen = -1;

        // From the step downwards; then what is above it, for a request that would be refused else or that asks for more accuracy.
        foreach (int member in Enumerable.Range(first, members.Count - first).Concat(Enumerable.Range(0, first).Reverse()))
        {
            if (catalog.Find(members[member]) is { } endpoint && (minAccuracy is null || endpoint.Description.Accuracy >= minAccuracy))
            {
                chosen = chosen < 0 || member > chosen ? member : chosen;
                if (Fits(endpoint, work, priority, left) && endpoint.TryEnter())
                {
                    Interlocked.Increment(ref _answers[member]);
                    return endpoint;
                }
            }
        }

        return chosen < 0 ? null : catalog.Enter(members[chosen]);
    }

    /// <summary>
    /// A sentence on members that cannot stand for one another: they answer other labels, or are measured to stand the wrong way round. Null when all is well. Figures of
    /// different tasks or splits are not compared.
    /// </summary>
    /// <param name="candidate">An endpoint as if it were listed already, in the place of the one that has its name; null: the members as they are.</param>
    public string? WhyUnfit(ServedEndpoint? candidate = null)
    {
        ServedEndpoint[] known = [.. members.Select(member => member == candidate?.Name ? candidate : catalog.Find(member)).OfType<ServedEndpoint>()];
        return WhyUnlike(known) ?? WhyOutOfOrder([.. known.Select(endpoint => endpoint.Description).Where(member => member.Accuracy is not null)]);
    }

    private string? WhyOutOfOrder(EndpointDescription[] known)
    {
        var wrong = (from later in Enumerable.Range(1, Math.Max(0, known.Length - 1))
                     from sooner in Enumerable.Range(0, later)
                     let pair = (Sooner: known[sooner], Later: known[later])
                     where pair.Sooner.Task == pair.Later.Task && pair.Sooner.Split == pair.Later.Split && pair.Sooner.Accuracy < pair.Later.Accuracy
                     select pair).FirstOrDefault();
        return wrong.Sooner is null ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{ServingConfiguration.ElasticSectionName}:{name}:Members must name the most accurate endpoint first: '{wrong.Sooner.Name}' (accuracy {wrong.Sooner.Accuracy}) stands before '{wrong.Later.Name}' (accuracy {wrong.Later.Accuracy}); change their order.");
    }

    private string? WhyUnlike(ServedEndpoint[] known) =>
        known.FirstOrDefault(member => !member.Description.Labels.SequenceEqual(known[0].Description.Labels)) is not { } other ? null
            : $"{ServingConfiguration.ElasticSectionName}:{name}:Members must answer the same labels: '{known[0].Name}' answers {string.Join(", ", known[0].Description.Labels)}, "
                + $"and '{other.Name}' answers {string.Join(", ", other.Description.Labels)}; leave one out.";

    private bool Fits(ServedEndpoint endpoint, Work work, Priority priority, TimeSpan? left)
    {
        TimeSpan wait = waits.Predict(endpoint, priority);
        return wait <= endpoint.Options.MaxQueueDelay && !(wait + TimeSpan.FromSeconds(WaitEstimator.Seconds(endpoint, work)) > left);
    }

    /// <summary>Takes a request into account.</summary>
    /// <returns>The step.</returns>
    private int Observe(Work work, Priority priority)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            double decay = Math.Exp(-time.GetElapsedTime(_lastCame, now).TotalSeconds / Memory);
            (_rows, _tokens, _squares) = ((decay * _rows) + (work.Rows / Memory), (decay * _tokens) + (work.Tokens / Memory), (decay * _squares) + (work.Squares / Memory));
            _lastCame = now;
            double since = time.GetElapsedTime(_lastStep, now).TotalSeconds;
            int step = _step + (since >= DownPause && IsBusy(_step, priority) ? 1 : since >= Memory && CanRise(_step, priority) ? -1 : 0);
            if (step != _step)
            {
                Volatile.Write(ref _step, step);
                _lastStep = now;
            }

            return step;
        }
    }

    private bool IsBusy(int step, Priority priority) =>
        step < members.Count - 1
        && (catalog.Find(members[step]) is not { } endpoint || waits.Predict(endpoint, priority) > DownAt * endpoint.Options.MaxQueueDelay);

    private bool CanRise(int step, Priority priority)
    {
        if (step == 0 || catalog.Find(members[step - 1]) is not { } above)
        {
            return false;
        }

        var second = new Work((long)Math.Ceiling(_rows), (long)_tokens, (long)_squares);
        return WaitEstimator.Seconds(above, second) < UpLoad * lanes.Count
            && waits.Predict(above, priority) < UpBelow * above.Options.MaxQueueDelay;
    }
}
