using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>A task's examples as a model's tokens.</summary>
/// <param name="Train">What is learnt from.</param>
/// <param name="Validation">What the search sees.</param>
/// <param name="Test">What is looked at last.</param>
public sealed record TaskEncodings(LabelledEncodings Train, LabelledEncodings Validation, LabelledEncodings Test)
{
    /// <summary>Encodes every part; texts longer than <paramref name="maxLength"/> tokens are cut.</summary>
    public static TaskEncodings Encode(TaskData data, ITokenizer tokenizer, int maxLength) => new(
        Encode(data.Definition, data.Train, tokenizer, maxLength),
        Encode(data.Definition, data.Validation, tokenizer, maxLength),
        Encode(data.Definition, data.Test, tokenizer, maxLength));

    private static LabelledEncodings Encode(TaskDefinition definition, IReadOnlyList<Example> examples, ITokenizer tokenizer, int maxLength)
    {
        Encoding[] encodings = [.. examples.Select(example => tokenizer.Encode(example.Text, example.Pair, maxLength))];
        return definition.Labels.IsEmpty
            ? LabelledEncodings.Regression(encodings, [.. examples.Select(example => example.Value)])
            : LabelledEncodings.Classification(encodings, [.. examples.Select(example => example.Label)]);
    }
}
