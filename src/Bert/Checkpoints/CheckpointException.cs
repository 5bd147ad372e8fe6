namespace Endpoints.Bert.Checkpoints;

/// <summary>A checkpoint folder or file that cannot be read; the message is one sentence for the user.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
