using System.Diagnostics;
using System.Text;
using Endpoints.Bert.Tokenization;
using Endpoints.Tests;

namespace Endpoints.Bench;

/// <summary>How much English a tokenizer reads per second on one thread, and what it allocates.</summary>
/// <remarks>
/// The text is made up but has the statistics that matter: words of the uncased vocabulary drawn by 1/rank (the vocabulary is in order of
/// frequency), one word in twelve a compound that needs several pieces, sentences of 5 to 30 words with capitals and punctuation. All of
/// it is ASCII, so that a char is a byte.
/// </remarks>
internal static class TokenizerBenchmark
{
    private const int TextLength = 4_000_000;
    private const int Rounds = 15;
    private const int FirstWord = 1996;   // Before it stand the special tokens and single characters.
    private const int MaxLength = 128;

    public static void Run(Report report)
    {
        var wordPiece = new WordPieceTokenizer(File.ReadAllLines(Path.Combine(Repository.Root, "tests", "vocab", "uncased", "vocab.txt")));
        string[] sentences = Sentences(wordPiece.Tokens);
        Run(report, "Tokenizer", wordPiece, sentences);
        Run(report, "Byte-level BPE tokenizer", BytePairTokenizer.Load(Path.Combine(Repository.Root, "tests", "vocab", "roberta")), sentences);
    }

    private static void Run(Report report, string heading, SubwordTokenizer tokenizer, string[] sentences)
    {
        report.Heading(heading);
        string document = string.Concat(sentences);
        int[] ids = new int[document.Length + 2];
        int[] typeIds = new int[ids.Length];

        int tokens = tokenizer.Encode(document, ids, typeIds, out _);
        report.Note($"{document.Length / 1e6:F1} MB of English, {(double)document.Length / tokens:F2} bytes a token, one thread, {Rounds} rounds.");
        report.Columns("what", "best MB/s", "median MB/s", "bytes allocated a byte");
        Measure(report, "one document", document.Length, () => tokenizer.Encode(document, ids, typeIds, out _));
        Measure(report, $"pairs, cut to {MaxLength}, into spans", document.Length, () =>
        {
            for (int i = 0; i + 1 < sentences.Length; i += 2)
            {
                tokenizer.Encode(sentences[i], sentences[i + 1], ids.AsSpan(0, MaxLength), typeIds.AsSpan(0, MaxLength), out _);
            }
        });
        Measure(report, $"pairs, cut to {MaxLength}, into arrays", document.Length, () =>
        {
            for (int i = 0; i + 1 < sentences.Length; i += 2)
            {
                tokenizer.Encode(sentences[i], sentences[i + 1], MaxLength);
            }
        });
        report.End();
    }

    private static void Measure(Report report, string what, int bytes, Action read)
    {
        var seconds = new double[Rounds];
        read();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            read();
            seconds[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(seconds);
        report.Row(what, $"{bytes / seconds[0] / 1e6:F0}", $"{bytes / seconds[Rounds / 2] / 1e6:F0}", $"{allocated / (double)bytes / Rounds:F3}");
    }

    private static string[] Sentences(IReadOnlyList<string> vocabulary)
    {
        string[] words = [.. vocabulary.Skip(FirstWord).Where(token => token.Length > 0 && token.All(char.IsAsciiLetterLower))];
        var random = new Random(1);
        string Word() => words[(int)Math.Pow(words.Length, random.NextDouble()) - 1];
        var sentences = new List<string>();
        var sentence = new StringBuilder();
        for (int length = 0; length < TextLength; length += sentence.Length)
        {
            sentence.Clear();
            for (int left = random.Next(5, 31); left > 0; left--)
            {
                sentence.Append(Word());
                if (random.Next(12) == 0)
                {
                    sentence.Append(Word());
                }

                sentence.Append(left == 1 ? ". " : random.Next(10) == 0 ? ", " : " ");
            }

            sentence[0] = char.ToUpperInvariant(sentence[0]);
            sentences.Add(sentence.ToString());
        }

        return [.. sentences];
    }
}
