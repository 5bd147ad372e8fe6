using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>A connection that questions are sent over, one at a time.</summary>
internal interface IAsker : IDisposable
{
    /// <summary>Sends a question and waits for the whole answer. Null when the run was interrupted before it came.</summary>
    Task<Answer?> AskAsync(Question question);
}
