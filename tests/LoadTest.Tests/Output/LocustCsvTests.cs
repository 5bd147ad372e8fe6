using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Targets;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Tests.Output;

public sealed class LocustCsvTests
{
    private readonly ManualClock _clock = new();
    private readonly TargetUnderTest _target;

    public LocustCsvTests() => _target = new TargetUnderTest(
        new LoadTarget("base", new Uri("http://h/endpoints/base/invoke")), new Questions(Sample.Pairs, RequestForm.Pairs, 1), _clock);

    [Fact]
    public void Stats_AnsweredAndThrottled_CountsAllAndTimesTheAnswered()
    {
        for (int i = 0; i < 9; i++)
        {
            _target.Note(new Answer(Outcome.Ok, TimeSpan.FromMilliseconds(100), 50, true));
        }

        _target.Note(new Answer(Outcome.Throttled, TimeSpan.FromMilliseconds(1), 10, Error: "429 Too Many Requests"));
        _clock.Advance(TimeSpan.FromSeconds(5));

        string[] rows = [.. LocustCsv.Stats(_target)];

        const string Figures = "10,1,100,100,100,100,46,2,0.2,100,100,100,100,100,100,100,100,100,100,100\r\n";
        Assert.Equal(
            "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s," +
            "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\r\n", rows[0]);
        Assert.Equal($"POST,/endpoints/base/invoke,{Figures}", rows[1]);
        Assert.Equal($",Aggregated,{Figures}", rows[2]);
    }

    [Fact]
    public void HistoryRow_NothingAnswered_HasNoPercentiles()
    {
        Assert.Equal(
            "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,Total Request Count,Total Failure Count," +
            "Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size\r\n", LocustCsv.HistoryHeader);
        Recorder before = new(), now = new();
        now.Record(new Answer(Outcome.Throttled, TimeSpan.FromMilliseconds(1), 10));

        Assert.Equal(
            "1893553445,7,,Aggregated,0.500000,0.500000,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,1,1,0,0,0,0,10\r\n",
            LocustCsv.HistoryRow(_clock.GetUtcNow(), 7, now, before, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Failures_Noted_AreListedWithTimes()
    {
        _target.Note(new Answer(Outcome.Throttled, default, Error: "429 Too Many, \"Requests\""));
        _clock.Advance(TimeSpan.FromSeconds(61));
        _target.Note(new Answer(Outcome.Throttled, default, Error: "429 Too Many, \"Requests\""));

        Assert.Equal(
            ["Method,Name,Error,Occurrences,First Seen,Last Seen\r\n", "POST,/endpoints/base/invoke,\"429 Too Many, \"\"Requests\"\"\",2,2030-01-02T03:04:05Z,2030-01-02T03:05:06Z\r\n"],
            LocustCsv.Failures(_target));
        Assert.Equal(["Count,Message,Traceback,Nodes\r\n"], LocustCsv.Exceptions(_target));
    }

    [Fact]
    public void Exceptions_Noted_AreListedWithTheirTrace()
    {
        _target.Note(new Answer(Outcome.Refused, default, Error: "connection refused", Exception: new HttpRequestException("line one\nline two")));

        Assert.Equal("1,connection refused,\"System.Net.Http.HttpRequestException: line one\nline two\",local\r\n", LocustCsv.Exceptions(_target).Last());
    }

    [Theory]
    [InlineData("base", "base")]
    [InlineData("../../etc/x", "_.._etc_x")]
    [InlineData("a b:c", "a_b_c")]
    [InlineData("..", "target")]
    public void FileNameOf_AnyName_StaysInTheFolder(string name, string expected) => Assert.Equal(expected, RunFolder.FileNameOf(name));
}
