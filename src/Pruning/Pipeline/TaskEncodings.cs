using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>Turns a task's examples into a model's tokens.</summary>
internal static class TaskEncodings
{
    /// <summary>Encodes one part of a task; texts longer than <paramref name="maxLength"/> tokens, or than the model takes, are cut.</summary>
    public static LabelledEncodings Encode(TaskDefinition definition, IReadOnlyList<Example> examples, Checkpoint model, int maxLength)
    {
        int limit = Math.Min(maxLength, model.Config.MaxSequenceLength);
        Encoding[] encodings = [.. examples.Select(example => model.Tokenizer.Encode(example.Text, example.Pair, limit))];
        return definition.Labels.IsEmpty
            ? LabelledEncodings.Regression(encodings, [.. examples.Select(example => example.Value)])
            : LabelledEncodings.Classification(encodings, [.. examples.Select(example => example.Label)]);
    }
}
