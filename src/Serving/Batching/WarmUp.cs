using Endpoints.Bert;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Batching;

/// <summary>Runs an endpoint on a lane before the first request: memory is touched, code is compiled, and the cost of a token is measured.</summary>
internal static class WarmUp
{
    private const int TypicalRowTokens = 64;
    private const int MostTimedBatches = 3;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(250);

    public static void Run(ServedEndpoint endpoint, int lane, TimeProvider time)
    {
        IClassifier classifier = endpoint.Classifiers[lane];

        // The longest row first, for workspaces grow with it; then the fullest batch, whose first run is timed only if it is slow anyway.
        var batch = new TokenBatch();
        AddRow(batch, endpoint, endpoint.MaxLength);
        var logits = new float[endpoint.Options.MaxBatchRows * classifier.LabelCount];
        Classify(classifier, batch, logits, time);

        FillTypical(batch, endpoint);
        TimeSpan elapsed = Classify(classifier, batch, logits, time);
        for (int i = 0; i < MostTimedBatches && elapsed < TimeLimit; i++)
        {
            TimeSpan timed = Classify(classifier, batch, logits, time);
            endpoint.Cost.Observe(batch.TokenCount, timed);
            elapsed += timed;
        }

        if (endpoint.Cost.SecondsPerToken == 0)
        {
            endpoint.Cost.Observe(batch.TokenCount, elapsed);
        }
    }

    private static TimeSpan Classify(IClassifier classifier, TokenBatch batch, float[] logits, TimeProvider time)
    {
        long start = time.GetTimestamp();
        classifier.Classify(batch, logits.AsSpan(0, batch.Count * classifier.LabelCount));
        return time.GetElapsedTime(start);
    }

    private static void FillTypical(TokenBatch batch, ServedEndpoint endpoint)
    {
        batch.Clear();
        int length = Math.Min(TypicalRowTokens, endpoint.MaxLength);
        while (batch.Count < endpoint.Options.MaxBatchRows && batch.TokenCount + length <= endpoint.Options.MaxBatchTokens)
        {
            AddRow(batch, endpoint, length);
        }
    }

    // Any tokens of the vocabulary will do: the time does not depend on which.
    private static void AddRow(TokenBatch batch, ServedEndpoint endpoint, int length)
    {
        var tokens = new int[length];
        for (int i = 0; i < length; i++)
        {
            tokens[i] = (i * 31) % endpoint.VocabularySize;
        }

        batch.Add(tokens, new int[length]);
    }
}
