using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Endpoints.Serving.Access;

/// <summary>Reads keys from text: <c>NAME KEY [manage] [requests=R] [burst=B] [compute=C]</c> a line, <c>#</c> starts a comment. No message ever shows a key.</summary>
internal static partial class ApiKeyText
{
    /// <summary>Shorter ones could be guessed.</summary>
    public const int ShortestKey = 16;

    private const string HashPrefix = "sha256:";
    private const string Expected = "expected NAME KEY [manage] [requests=R] [burst=B] [compute=C]";

    /// <summary>The word that lets a key change endpoints.</summary>
    private const string Manage = "manage";

    private static readonly char[] Blanks = [' ', '\t', '\r'];

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern { get; }

    /// <param name="text">The lines.</param>
    /// <param name="separators">What ends a line.</param>
    /// <param name="source">Where the text is from, as messages name it.</param>
    /// <param name="failures">Receives a sentence for each mistake.</param>
    public static List<ApiKey> Parse(string text, char[] separators, string source, List<string> failures)
    {
        var keys = new List<ApiKey>();
        string[] lines = text.Split(separators);
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            try
            {
                keys.Add(ParseWords(words));
            }
            catch (FormatException exception)
            {
                failures.Add($"{source}, line {(i + 1).ToString(CultureInfo.InvariantCulture)}: {exception.Message}");
            }
        }

        return keys;
    }

    private static ApiKey ParseWords(string[] words)
    {
        // What stands first may be a key without its name, so it is not shown either.
        if (words.Length < 2 || !NamePattern.IsMatch(words[0]))
        {
            throw new FormatException($"{Expected}, where NAME is 1 to 63 letters, digits, '.', '_' or '-'; found {words.Length} words without such a name and a key.");
        }

        return new ApiKey(
            words[0], HashOf(words[1], words[0]), QuotaOf([.. words.Skip(2).Where(word => word != Manage)], words[0]), CanManage: words.Skip(2).Contains(Manage));
    }

    private static byte[] HashOf(string key, string name)
    {
        if (key.StartsWith(HashPrefix, StringComparison.Ordinal))
        {
            string hex = key[HashPrefix.Length..];
            return hex.Length == 2 * SHA256.HashSizeInBytes && hex.All(char.IsAsciiHexDigit)
                ? Convert.FromHexString(hex)
                : throw new FormatException($"key '{name}': expected 64 hexadecimal digits after sha256:, found {hex.Length} characters.");
        }

        return key.Length >= ShortestKey
            ? SHA256.HashData(Encoding.UTF8.GetBytes(key))
            : throw new FormatException($"key '{name}' has {key.Length} characters: expected at least {ShortestKey}, for shorter ones can be guessed.");
    }

    private static KeyQuota QuotaOf(ReadOnlySpan<string> settings, string name)
    {
        double? requests = null, burst = null, compute = null;
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            string field = equals < 0 ? "" : setting[..equals];
            double number = field is "requests" or "burst" or "compute" ? NumberOf(setting[(equals + 1)..], field, name)
                : throw new FormatException($"key '{name}': {Expected}, found a word after the key that is no quota or right.");
            switch (field)
            {
                case "requests":
                    requests = number;
                    break;
                case "burst":
                    burst = number;
                    break;
                default:
                    compute = number;
                    break;
            }
        }

        return burst is not null && requests is null ? throw new FormatException($"key '{name}' has burst without requests: give both, or neither.")
            : burst < 1 ? throw new FormatException($"key '{name}': burst must be at least 1, or no request could ever pass.")
            : new KeyQuota(requests, burst ?? Math.Max(1, requests ?? 1), compute);
    }

    private static double NumberOf(string text, string field, string name) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && double.IsFinite(number)
            ? number
            : throw new FormatException($"key '{name}': {field} must be a number above 0.");
}
