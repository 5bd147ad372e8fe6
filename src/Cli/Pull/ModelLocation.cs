using Endpoints.Hub;

namespace Endpoints.Cli.Pull;

/// <summary>Where a model is that a command was given: a folder, or the id of one that was pulled.</summary>
internal static class ModelLocation
{
    /// <summary>The folder itself, else the hub's cache of that id. What can be no id is returned as it is, for its reader to complain of.</summary>
    /// <exception cref="HubException">It looks like an id, is no folder, and the cache has no whole checkpoint of it.</exception>
    public static string Find(CliHost host, string model)
    {
        if (Directory.Exists(model) || File.Exists(model) || RepositoryId.TryParse(model) is not { } id)
        {
            return model;
        }

        var settings = HubSettings.FromEnvironment(host.Variable);
        return HubClient.FindCached(settings, id) is { } repository && CheckpointFiles.AreWhole(repository.Files)
            ? repository.Folder
            : throw new HubException($"{model} is no folder here and no model in the cache {settings.CacheFolder}: 'endpoints pull model {model}' downloads it.");
    }
}
