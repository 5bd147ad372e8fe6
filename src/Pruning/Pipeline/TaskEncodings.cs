using Endpoints.Bert;
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
        Encoding Of(string text, string? pair) => model.Tokenizer.Encode(text, pair, limit);
        if (definition.ProblemType == ProblemType.MultipleChoice)
        {
            Encoding[] choices = [.. examples.SelectMany(example => example.Choices.Select(choice => Of(example.Text, choice)))];
            return LabelledEncodings.MultipleChoice(choices, definition.Columns.Choices.Length, [.. examples.Select(example => example.Label)]);
        }

        Encoding[] encodings = [.. examples.Select(example => Of(example.Text, example.Pair))];
        return definition.ProblemType == ProblemType.Regression
            ? LabelledEncodings.Regression(encodings, [.. examples.Select(example => example.Value)])
            : LabelledEncodings.Classification(encodings, [.. examples.Select(example => example.Label)]);
    }
}
