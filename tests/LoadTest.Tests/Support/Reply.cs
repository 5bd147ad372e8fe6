namespace Endpoints.LoadTest.Tests.Support;

/// <summary>What a <see cref="Responder"/> does with a request.</summary>
internal enum Reply
{
    Right,
    WrongLabel,
    Throttled,
    Silence,
    Close,
    CloseHalfway,
    ServerError,
    NoLabel,
    NotJson,
    NotHttp,
}
