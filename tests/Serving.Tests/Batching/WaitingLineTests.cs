using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Batching;

public sealed class WaitingLineTests
{
    private static readonly long Step = WaitingLine.Step.Ticks;

    [Fact]
    public void Join_SamePriority_FirstComeFirstServed()
    {
        var line = new WaitingLine(new ManualTimeProvider());
        PendingRequest[] requests = [Request(5), Request(5), Request(6), Request(7)];

        Join(line, requests);

        Assert.Equal(requests, Order(line));
    }

    [Fact]
    public void Join_HigherPriority_GoesAheadOfWhatHasNotWaitedLong()
    {
        var line = new WaitingLine(new ManualTimeProvider());
        PendingRequest low = Request(0, Priority.Low), normal = Request(1), high = Request(2, Priority.High), secondHigh = Request(3, Priority.High);

        Join(line, low, normal, high, secondHigh);

        Assert.Equal([high, secondHigh, normal, low], Order(line));
    }

    [Fact]
    public void Join_LowerPriorityThatHasWaitedAStep_IsNotPassed()
    {
        var line = new WaitingLine(new ManualTimeProvider());
        PendingRequest low = Request(0, Priority.Low), lateNormal = Request(Step + 1), lateHigh = Request((2 * Step) + 1, Priority.High), earlyHigh = Request((2 * Step) - 1, Priority.High);

        Join(line, low, lateNormal, lateHigh, earlyHigh);

        Assert.Equal([earlyHigh, low, lateNormal, lateHigh], Order(line));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Leave_FromAnywhere_KeepsTheOthersOrder(int index)
    {
        var line = new WaitingLine(new ManualTimeProvider());
        List<PendingRequest> requests = [Request(1), Request(2), Request(3)];
        Join(line, [.. requests]);

        line.Leave(requests[index]);
        requests.RemoveAt(index);

        Assert.Equal(requests, Order(line));
        PendingRequest last = Request(4);
        line.Join(last);
        Assert.Equal([.. requests, last], Order(line));
    }

    [Fact]
    public void Leave_TheOnlyOne_LeavesAnEmptyLine()
    {
        var line = new WaitingLine(new ManualTimeProvider());
        PendingRequest only = Request(1), next = Request(2);
        line.Join(only);

        line.Leave(only);
        Assert.Null(line.First);

        line.Join(next);
        Assert.Equal([next], Order(line));
    }

    private static PendingRequest Request(long enqueuedAt, Priority priority = Priority.Normal) =>
        new([new Encoding(new int[1], new int[1], false)], 2, enqueuedAt, priority) { Owner = Rows.OwnerOf(new EndpointLoad()) };

    private static void Join(WaitingLine line, params PendingRequest[] requests)
    {
        foreach (PendingRequest request in requests)
        {
            line.Join(request);
        }
    }

    private static List<PendingRequest> Order(WaitingLine line)
    {
        var order = new List<PendingRequest>();
        for (PendingRequest? request = line.First; request is not null; request = request.Next)
        {
            Assert.Same(order.LastOrDefault(), request.Previous);
            order.Add(request);
        }

        return order;
    }
}
