namespace Endpoints.Hub.Transfer;

/// <summary>Hears how far a download is. Called from one thread at a time.</summary>
public interface ITransferProgress
{
    /// <summary>A file's state.</summary>
    /// <param name="name">The file, as the user knows it.</param>
    /// <param name="done">Bytes that are here, those of an earlier attempt included.</param>
    /// <param name="total">Bytes of the whole file; null where the server did not say.</param>
    void Report(string name, long done, long? total);

    /// <summary>Something worth a line of its own: a wait, a retry, a restart.</summary>
    void Note(string text);
}
