namespace Endpoints.Cli.Pull;

/// <summary>A file of a data set where its publisher has it, pinned: whoever changes it, changes nothing here unnoticed.</summary>
internal sealed record RemoteFile(string Name, Uri Address, long Size, string Sha256)
{
    public bool IsArchive => Name.EndsWith(".zip", StringComparison.Ordinal) || Name.EndsWith(".tar.gz", StringComparison.Ordinal);
}

/// <summary>Where a task's data comes from, and what becomes of it.</summary>
/// <param name="Name">The task's.</param>
/// <param name="Publisher">Who has it, for people.</param>
/// <param name="Files">What to download: plain files, or one archive.</param>
/// <param name="Results">What the task's folder has in the end, relative to it.</param>
/// <param name="Arrange">Makes the second folder, with the results, from what lies in the first one: the unpacked archive, or the plain files.</param>
internal sealed record TaskSource(string Name, string Publisher, IReadOnlyList<RemoteFile> Files, IReadOnlyList<string> Results, Action<string, string> Arrange);
