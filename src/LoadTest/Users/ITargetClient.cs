namespace Endpoints.LoadTest.Users;

/// <summary>A connection to a target, over which questions go one at a time.</summary>
internal interface ITargetClient : IAsker
{
    /// <summary>The body of the last answer, valid until the next question is sent.</summary>
    ReadOnlySpan<byte> Body { get; }
}
