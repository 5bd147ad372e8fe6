using System.Buffers;
using System.Text;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols.Pairs;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Tests.Protocols.Pairs;

public sealed class PairsParserTests
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
            Assert.Null(Parse(new ReadOnlySequence<byte>(body), out Invocation whole));
            for (int cut = 1; cut < body.Length; cut++)
            {
                Assert.Null(Parse(Segments(body, cut), out Invocation parsed));
                Assert.Equal(whole.Rows, parsed.Rows);
                Assert.Same(whole.Form, parsed.Form);
            }
        }
    }

    [Fact]
    public void Parse_Escapes_AreUnescaped()
    {
        Assert.Null(Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Seeds[0])), out Invocation request));

        Assert.Equal([InputRow.OfText("A dog runs.", "Ein Hund läuft, 😀.")], request.Rows);
    }

    [Fact]
    public void Parse_TwentyThousandDamagedBodies_AreValidOrA400()
    {
        var random = new Random(20_261);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] body = Damage(Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]), random);

            Problem? problem = Parse(Segments(body, random.Next(body.Length)), out Invocation request);

            if (problem is null)
            {
                Assert.NotEmpty(request.Rows);
                Assert.All(request.Rows, pair => Assert.False(string.IsNullOrWhiteSpace(pair.Text)));
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
    public void EstimateWork_TextsAndTokens_GuessesTextsUpToTheLengthAndCountsTokens()
    {
        var request = new Invocation([InputRow.OfText("12345678", "1234"), InputRow.OfText(new string('x', 4000)), InputRow.OfTokens(new int[9], new int[9])], PairsAnswer.Many);

        Assert.Equal(new Work(3, 6 + 64 + 9, 36 + (64 * 64) + 81), request.EstimateWork(64));
    }

    private static Problem? Parse(in ReadOnlySequence<byte> body, out Invocation invocation) =>
        PairsFormat.Instance.Read(new DefaultHttpContext().Request, body, null!, 8, out invocation);

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
