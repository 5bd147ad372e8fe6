using System.Security.Cryptography;
using System.Text;

namespace Endpoints.Hub.Transfer;

/// <summary>What a file's bytes must hash to.</summary>
/// <param name="IsGitBlob">True for Git's SHA-1 of a blob (the hub's small files), false for the SHA-256 of the bytes (its large ones).</param>
/// <param name="Hex">Lower-case hexadecimal digits: 40 or 64.</param>
internal readonly record struct ContentHash(bool IsGitBlob, string Hex)
{
    private const int ReadBytes = 1 << 20;

    /// <summary>A hub's entity tag is a hash by its form; null for any other server's.</summary>
    public static ContentHash? OfEntityTag(string tag) => tag.AsSpan().ContainsAnyExcept("0123456789abcdef") ? null
        : tag.Length switch
        {
            40 => new ContentHash(true, tag),
            64 => new ContentHash(false, tag),
            _ => null,
        };

    public static ContentHash Sha256(string hex) => new(false, hex);

    /// <summary>What the file really hashes to, in the same kind.</summary>
    public async Task<string> ComputeAsync(string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(IsGitBlob ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (IsGitBlob)
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"blob {file.Length}\0"));
        }

        byte[] buffer = new byte[(int)Math.Clamp(file.Length, 1, ReadBytes)];
        for (int read; (read = await file.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public override string ToString() => $"{(IsGitBlob ? "Git blob" : "SHA-256")} {Hex}";
}
