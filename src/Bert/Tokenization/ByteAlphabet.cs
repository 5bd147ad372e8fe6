namespace Endpoints.Bert.Tokenization;

/// <summary>
/// The characters that stand for bytes in a byte-level vocabulary: printable Latin-1 for itself, the other 68 bytes in order for U+0100 to U+0143.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly Dictionary<char, byte> Bytes = Characters.Index().ToDictionary(pair => pair.Item, pair => (byte)pair.Index);

    /// <summary>The character of a byte.</summary>
    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>The bytes that a token spells; null if it has a character that stands for none.</summary>
    public static byte[]? BytesOf(string token)
    {
        var bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (!Bytes.TryGetValue(token[i], out bytes[i]))
            {
                return null;
            }
        }

        return bytes;
    }

    private static char[] Build()
    {
        var characters = new char[256];
        char next = '\u0100';
        for (int value = 0; value < characters.Length; value++)
        {
            characters[value] = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174 ? (char)value : next++;
        }

        return characters;
    }
}
