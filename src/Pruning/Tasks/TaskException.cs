namespace Endpoints.Pruning.Tasks;

/// <summary>A task's data or definition cannot be used. The message names the file, what was expected, what was found and what to do.</summary>
public sealed class TaskException : Exception
{
    /// <summary>Makes one with a message for the user.</summary>
    public TaskException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
