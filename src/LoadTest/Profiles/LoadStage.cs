namespace Endpoints.LoadTest.Profiles;

/// <summary>A stretch of a load test with a constant number of virtual users.</summary>
/// <param name="Users">Number of virtual users, each with a connection of its own.</param>
/// <param name="Duration">How long they send, warm-up included.</param>
public sealed record LoadStage(int Users, TimeSpan Duration);
