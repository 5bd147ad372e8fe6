namespace Endpoints.Serving.Options;

/// <summary>One option, as a reload sees it.</summary>
/// <param name="Name">As in the configuration.</param>
/// <param name="Get">Its value.</param>
/// <param name="Apply">Takes it over into the options in use, which request threads read at the same time; null where it takes a restart.</param>
internal sealed record Setting<T>(string Name, Func<T, object?> Get, Action<T, T>? Apply = null);
