using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Users;

/// <summary>Puts load on one target. Connections live on from stage to stage.</summary>
internal interface ILoop : IDisposable
{
    /// <summary>Runs a stage. It stands for itself: it starts without requests under way and ends when the last answer is in.</summary>
    Task<StageResult> RunAsync(LoadStage stage);
}
