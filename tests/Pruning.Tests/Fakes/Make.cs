using Endpoints.Bert;
using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Tests.Fakes;

/// <summary>Small things that many tests need.</summary>
internal static class Make
{
    public static BertConfig Config(int layers = 4, int heads = 4, int units = 8, int labels = 2) => BertConfig.Uniform(
        100, 8, layers, heads, units, 32, [.. Enumerable.Range(0, labels).Select(i => $"label{i}")]);

    public static ISearchSpace Small(BertConfig? config = null) => Catalogs.SearchSpaces.Create("small", config ?? Config());

    /// <summary>Sequences of these lengths; example i consists of the token i.</summary>
    public static Encoding[] Encodings(params int[] lengths) =>
        [.. lengths.Select((length, i) => new Encoding([.. Enumerable.Repeat(i, length)], new int[length], Truncated: false))];

    public static double Accuracy(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        int right = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            right += predictions[i] == targets[i] ? 1 : 0;
        }

        return right / (double)targets.Length;
    }

    public static LabelledEncodings Examples(params int[] labels) =>
        LabelledEncodings.Classification(Encodings([.. labels.Select((_, i) => 1 + (i % 5))]), labels);
}
