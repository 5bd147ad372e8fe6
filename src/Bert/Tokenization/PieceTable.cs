using System.Buffers.Binary;
using System.Numerics;

namespace Endpoints.Bert.Tokenization;

/// <summary>Pieces of text that are one token each, by their bytes: most of any text, found without a merge.</summary>
/// <remarks>Open addressing; up to 8 bytes are compared in the slot itself.</remarks>
internal sealed class PieceTable
{
    /// <summary>The id of a piece that is not there.</summary>
    public const int None = -1;

    private const ulong Factor = 0x9E37_79B9_7F4A_7C15;

    private readonly Slot[] _slots;
    private readonly byte[] _bytes;
    private readonly int _shift;

    /// <param name="pieces">Bytes, at least one, and ids; no piece may be there twice.</param>
    public PieceTable(IReadOnlyCollection<(byte[] Bytes, int Id)> pieces)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 2 * pieces.Count));
        _shift = 64 - BitOperations.Log2((uint)size);
        _slots = new Slot[size];
        _bytes = [.. pieces.SelectMany(piece => piece.Bytes)];
        int offset = 0;
        foreach ((byte[] bytes, int id) in pieces)
        {
            _slots[Find(bytes, Head(bytes))] = new Slot { Head = Head(bytes), Offset = offset, Length = bytes.Length, Id = id };
            offset += bytes.Length;
        }
    }

    /// <summary>The id of a piece, or <see cref="None"/>.</summary>
    public int IdOf(ReadOnlySpan<byte> piece)
    {
        ref readonly Slot slot = ref _slots[Find(piece, Head(piece))];
        return slot.Length == 0 ? None : slot.Id;
    }

    /// <summary>The slot where a piece is, or the empty one where it would be: the table is at most half full.</summary>
    private int Find(ReadOnlySpan<byte> piece, ulong head)
    {
        int index = (int)(Hash(piece, head) >> _shift);
        while (true)
        {
            ref readonly Slot slot = ref _slots[index];
            if (slot.Length == 0 || (slot.Head == head && slot.Length == piece.Length
                && (piece.Length <= sizeof(ulong) || _bytes.AsSpan(slot.Offset, slot.Length).SequenceEqual(piece))))
            {
                return index;
            }

            index = (index + 1) & (_slots.Length - 1);
        }
    }

    private static ulong Hash(ReadOnlySpan<byte> piece, ulong head)
    {
        ulong hash = (head ^ (ulong)piece.Length) * Factor;
        for (int i = sizeof(ulong); i < piece.Length; i += sizeof(ulong))
        {
            // The last step reads bytes again that the one before has read.
            hash = (BitOperations.RotateLeft(hash, 29) ^ BinaryPrimitives.ReadUInt64LittleEndian(piece[Math.Min(i, piece.Length - sizeof(ulong))..])) * Factor;
        }

        return hash;
    }

    /// <summary>The first 8 bytes as a number; bytes beyond the end are 0.</summary>
    private static ulong Head(ReadOnlySpan<byte> piece)
    {
        int length = piece.Length;
        return length switch
        {
            >= 8 => BinaryPrimitives.ReadUInt64LittleEndian(piece),
            >= 4 => BinaryPrimitives.ReadUInt32LittleEndian(piece) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(piece[(length - 4)..]) << (8 * (length - 4))),
            _ => piece[0] | ((ulong)piece[length / 2] << (8 * (length / 2))) | ((ulong)piece[length - 1] << (8 * (length - 1))),
        };
    }

    private struct Slot
    {
        public ulong Head;
        public int Offset;
        public int Length;
        public int Id;
    }
}
