using Endpoints.Bert.Tokenization;

namespace Endpoints.Bert.Checkpoints;

/// <summary>The one place where a checkpoint's tokenizer is read and written.</summary>
internal static class TokenizerFiles
{
    /// <summary>Reads the tokenizer of a folder.</summary>
    /// <exception cref="CheckpointException">A file is missing or malformed.</exception>
    public static ITokenizer Load(string directory) =>
        throw new CheckpointException($"{directory}: expected {nameof(CheckpointLoadOptions)}.{nameof(CheckpointLoadOptions.Tokenizer)}, for this build reads no tokenizer files.");
}
