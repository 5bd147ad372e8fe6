using System.Security.Cryptography;
using System.Text;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving.Access;

/// <summary>The keys that open this server. Looked up by every request; replaced as a whole when they are read again.</summary>
internal sealed class KeyRing(AccessOptions options, AccessMetrics metrics, TimeProvider time)
{
    private const int LongestKey = 512;

    private static readonly char[] FileSeparators = ['\n'];
    private static readonly char[] VariableSeparators = ['\n', ';'];

    private volatile KeyAccount[] _accounts = [];

    /// <summary>False: no key is asked for.</summary>
    public bool HasKeys => _accounts.Length > 0;

    /// <summary>The account of a key; null when nobody has it. The time this takes does not depend on how much of a key is right.</summary>
    public KeyAccount? Find(ReadOnlySpan<char> key)
    {
        if (key.Length > LongestKey)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[3 * LongestKey];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)], hash);
        KeyAccount? found = null;
        foreach (KeyAccount account in _accounts)
        {
            if (CryptographicOperations.FixedTimeEquals(account.Key.Hash, hash))
            {
                found = account;
            }
        }

        return found;
    }

    /// <summary>Reads the keys, again or for the first time. A key that has the same name, quota and rights as before keeps what it has left.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong with them; it lists everything that is, and the keys stay as they were.</exception>
    public void Load()
    {
        var failures = new List<string>();
        List<ApiKey> keys = Read(failures);
        Check(keys, failures);
        if (failures.Count > 0)
        {
            throw new OptionsValidationException(AccessOptions.SectionName, typeof(AccessOptions), failures);
        }

        KeyAccount[] before = _accounts;
        _accounts = [.. keys.Select(key => Keep(before, key) ?? new KeyAccount(key, metrics, time))];
    }

    /// <summary>Makes the series of every key exist.</summary>
    public void ShowZeros()
    {
        foreach (KeyAccount account in _accounts)
        {
            metrics.ShowZeros(account.Key.Name);
        }
    }

    private static KeyAccount? Keep(KeyAccount[] before, ApiKey key) => before.FirstOrDefault(
        account => account.Key.Name == key.Name && account.Key.Quota == key.Quota && account.Key.CanManage == key.CanManage && account.Key.Hash.AsSpan().SequenceEqual(key.Hash));

    private List<ApiKey> Read(List<string> failures)
    {
        var keys = new List<ApiKey>();
        if (options.KeyFile is { Length: > 0 } file)
        {
            try
            {
                keys.AddRange(ApiKeyText.Parse(File.ReadAllText(file), FileSeparators, file, failures));
                if (keys.Count == 0 && failures.Count == 0)
                {
                    failures.Add($"{AccessOptions.SectionName}:{nameof(AccessOptions.KeyFile)}: {file} has no key; write NAME KEY on a line of its own, or leave the setting out.");
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                failures.Add($"{AccessOptions.SectionName}:{nameof(AccessOptions.KeyFile)}: {file} cannot be read: {exception.Message}");
            }
        }

        // Not through the configuration, where a command line could hold it too.
        if (Environment.GetEnvironmentVariable(AccessOptions.KeysVariable) is { Length: > 0 } variable)
        {
            keys.AddRange(ApiKeyText.Parse(variable, VariableSeparators, AccessOptions.KeysVariable, failures));
        }

        return keys;
    }

    private void Check(List<ApiKey> keys, List<string> failures)
    {
        foreach (string name in keys.GroupBy(key => key.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            failures.Add($"More than one API key is named '{name}'; give each its own name.");
        }

        foreach (var group in keys.GroupBy(key => Convert.ToHexString(key.Hash), StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            failures.Add($"The API keys {string.Join(" and ", group.Select(key => $"'{key.Name}'"))} are the same; give each its own.");
        }

        if (keys.Count == 0 && HasKeys)
        {
            failures.Add("No API key is left; a server that asks for keys must be started anew to stop asking.");
        }
    }
}
