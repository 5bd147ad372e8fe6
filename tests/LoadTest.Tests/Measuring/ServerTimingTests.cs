using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Tests.Measuring;

public sealed class ServerTimingTests
{
    [Fact]
    public void Parse_Durations_AreMicroseconds() => Assert.Equal(
        new ServerTiming(1_250, 3_400, 5_001),
        ServerTiming.Parse("read;dur=0.1, queue;desc=\"waits\";dur=1.25,compute; dur=3.4 , total;dur=\"5.001\""));

    [Theory]
    [InlineData("")]
    [InlineData("queue;dur=1, compute;dur=2")]
    [InlineData("queue;dur=1, compute;dur=x, total;dur=3")]
    [InlineData("queue;dur=1, compute;dur=-2, total;dur=3")]
    [InlineData("queue;dur=1, compute, total;dur=3")]
    public void Parse_Incomplete_IsNone(string header) => Assert.Null(ServerTiming.Parse(header));
}
