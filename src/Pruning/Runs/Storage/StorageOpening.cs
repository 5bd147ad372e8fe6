using Endpoints.Pruning.Runs.Storage.Folders;
using Endpoints.Pruning.Runs.Storage.Postgres;
using Endpoints.Pruning.Runs.Workers;

namespace Endpoints.Pruning.Runs.Storage;

/// <summary>Opens the storage that a search was given.</summary>
internal static class StorageOpening
{
    public static ITrialStorage Open(SearchSetup setup)
    {
        StorageChoice choice = setup.Storage ?? StorageChoice.OfFolder(setup.Folder);
        string worker = WorkerName.Create();
        return choice.Folder is { } folder
            ? FolderStorage.Open(folder, setup.Configuration, worker, setup.Time)
            : PostgresStorage.Open(choice.Database!, choice, setup.Configuration, worker, setup.Time);
    }
}
