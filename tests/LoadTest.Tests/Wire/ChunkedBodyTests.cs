using System.Text;
using Endpoints.LoadTest.Wire;

namespace Endpoints.LoadTest.Tests.Wire;

public sealed class ChunkedBodyTests
{
    [Fact]
    public void Take_CutAnywhere_GivesTheSameBody()
    {
        byte[] chunks = Encoding.ASCII.GetBytes("5\r\nhello\r\nA;x=y\r\n, everyone\r\n1\r\n!\r\n0\r\nA: b\r\n\r\nrest");
        for (int first = 0; first <= chunks.Length; first++)
        {
            for (int second = first; second <= chunks.Length; second++)
            {
                var body = default(ChunkedBody);
                var text = new StringBuilder();
                int at = 0;
                foreach (int end in (int[])[first, second, chunks.Length])
                {
                    while (true)
                    {
                        ReadOnlySpan<byte> data = body.Take(chunks.AsSpan(at, end - at), out int used);
                        at += used;
                        text.Append(Encoding.ASCII.GetString(data));
                        if (data.IsEmpty)
                        {
                            break;
                        }
                    }
                }

                Assert.True(body.IsDone);
                Assert.Equal("hello, everyone!", text.ToString());
                Assert.Equal("rest", Encoding.ASCII.GetString(chunks.AsSpan(at)));
            }
        }
    }
}
