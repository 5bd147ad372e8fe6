using System.Buffers;
using System.Text;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Problems;

namespace Endpoints.Serving.Tests.Invoke;

public sealed class InvokeRequestParserTests
{
    private static readonly string[] Seeds =
    [
        """{"premise": "A dog runs.", "hypothesis": "Ein Hund l\u00e4uft, \ud83d\ude00."}""",
        """{"text": "naïve café ☃"}""",
        """{"pairs": [{"premise": "a", "hypothesis": "b"}, {"text": "c\n\"d\""}, {"hypothesis": "e", "premise": "f"}]}""",
    ];

    [Fact]
    public void Parse_BodyCutIntoSegmentsAnywhere_IsTheSame()
    {
        foreach (string seed in Seeds)
        {
            byte[] body = Encoding.UTF8.GetBytes(seed);
            Assert.Null(InvokeRequestParser.Parse(new ReadOnlySequence<byte>(body), 8, out InvokeRequest whole));
            for (int cut = 1; cut < body.Length; cut++)
            {
                Assert.Null(InvokeRequestParser.Parse(Segments(body, cut), 8, out InvokeRequest parsed));
                Assert.Equal(whole.Pairs, parsed.Pairs);
                Assert.Equal(whole.IsMany, parsed.IsMany);
            }
        }
    }

    [Fact]
    public void Parse_Escapes_AreUnescaped()
    {
        Assert.Null(InvokeRequestParser.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Seeds[0])), 8, out InvokeRequest request));

        Assert.Equal([new TextPair("A dog runs.", "Ein Hund läuft, 😀.")], request.Pairs);
    }

    [Fact]
    public void Parse_TwentyThousandDamagedBodies_AreValidOrA400()
    {
        var random = new Random(20_261);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] body = Damage(Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]), random);

            Problem? problem = InvokeRequestParser.Parse(Segments(body, random.Next(body.Length)), 8, out InvokeRequest request);

            if (problem is null)
            {
                Assert.NotEmpty(request.Pairs);
                Assert.All(request.Pairs, pair => Assert.False(string.IsNullOrWhiteSpace(pair.Text)));
            }
            else
            {
                Assert.Equal(400, problem.Status);
                refused++;
            }
        }

        Assert.InRange(refused, 5_000, 19_000);
    }

    [Fact]
    public void EstimateWork_LongAndShort_IsBoundedByTheLength()
    {
        var request = new InvokeRequest([new("12345678", "1234"), new(new string('x', 4000), null)], IsMany: true);

        Assert.Equal(new Work(2, 6 + 64, 36 + (64 * 64)), request.EstimateWork(64));
    }

    // One to three bytes changed, removed, doubled or moved.
    private static byte[] Damage(byte[] body, Random random)
    {
        var bytes = new List<byte>(body);
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, bytes[at]);
                    break;
                default:
                    bytes.Insert(at, "{}[]\",:\\u0"u8[random.Next(10)]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static ReadOnlySequence<byte> Segments(byte[] body, int cut)
    {
        var first = new Segment(body.AsMemory(0, cut), null);
        var last = new Segment(body.AsMemory(cut), first);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }
}
