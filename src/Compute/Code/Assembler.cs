namespace Endpoints.Compute.Code;

/// <summary>General registers of x86-64 that a System V callee may change freely, by their number.</summary>
internal enum Register : byte
{
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rsi = 6,
    Rdi = 7,
    R8 = 8,
    R9 = 9,
    R10 = 10,
    R11 = 11,
}

/// <summary>A memory operand: base + index × scale + displacement.</summary>
/// <param name="Base">Register that holds the address.</param>
/// <param name="Displacement">Bytes added.</param>
/// <param name="Index">Register added, or null.</param>
/// <param name="Scale">1, 2, 4 or 8 times the index.</param>
internal readonly record struct Memory(Register Base, int Displacement = 0, Register? Index = null, int Scale = 1);

/// <summary>
/// Writes the few x86-64 instructions that the tile kernels consist of: 512-bit EVEX instructions and some integer ones.
/// Encodings: Intel's Software Developer's Manual, volume 2 (2.7 EVEX; the opcode tables).
/// </summary>
internal sealed class Assembler
{
    private readonly List<byte> _bytes = [];

    /// <summary>Opcode maps that follow an EVEX prefix.</summary>
    private enum Map : byte
    {
        Map0F = 1,
        Map0F38 = 2,
    }

    /// <summary>The mandatory prefix, folded into EVEX.</summary>
    private enum Prefix : byte
    {
        None = 0,
        P66 = 1,
        F3 = 2,
    }

    /// <summary>Bytes written so far; also the address of what comes next.</summary>
    public int Position => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    /// <summary>target = 16 floats at the address.</summary>
    public void LoadVector(int target, Memory source) => Evex(Prefix.None, Map.Map0F, 0x10, target, 0, source, 64);

    public void StoreVector(Memory target, int source) => Evex(Prefix.None, Map.Map0F, 0x11, source, 0, target, 64);

    /// <summary>target = the 32 bits at the address, 16 times.</summary>
    public void Broadcast(int target, Memory source) => Evex(Prefix.P66, Map.Map0F38, 0x18, target, 0, source, 4);

    public void Clear(int target) => Evex(Prefix.P66, Map.Map0F, 0xEF, target, target, target);

    /// <summary>sum += a × b, 16 floats (VFMADD231PS).</summary>
    public void MultiplyAddFloat32(int sum, int a, int b) => Evex(Prefix.P66, Map.Map0F38, 0xB8, sum, a, b);

    /// <summary>sum += a₀ b₀ + a₁ b₁ in each of 16 floats, pairs of bfloat16 (VDPBF16PS).</summary>
    public void DotBFloat16(int sum, int a, int b) => Evex(Prefix.F3, Map.Map0F38, 0x52, sum, a, b);

    /// <summary>sum += Σ aᵢ bᵢ in each of 16 integers, four unsigned bytes of a and signed bytes of b (VPDPBUSD).</summary>
    public void DotBytes(int sum, int a, int b) => Evex(Prefix.P66, Map.Map0F38, 0x50, sum, a, b);

    /// <summary>16 integers to floats (VCVTDQ2PS).</summary>
    public void ConvertToFloat32(int target, int source) => Evex(Prefix.None, Map.Map0F, 0x5B, target, 0, source);

    /// <summary>Hint: bring the line into the second-level cache (PREFETCHT1).</summary>
    public void Prefetch(Memory address) => Legacy([0x0F, 0x18], 2, address, wide: false);

    public void Load(Register target, Memory source) => Legacy([0x8B], (int)target, source, wide: true);

    public void Add(Register target, Memory source) => Legacy([0x03], (int)target, source, wide: true);

    /// <summary>target = the address itself (LEA).</summary>
    public void LoadAddress(Register target, Memory source) => Legacy([0x8D], (int)target, source, wide: true);

    public void Add(Register target, sbyte value)
    {
        _bytes.Add((byte)(0x48 | ((int)target >> 3)));
        _bytes.Add(0x83);
        _bytes.Add((byte)(0xC0 | ((int)target & 7)));
        _bytes.Add((byte)value);
    }

    /// <summary>Counts down and jumps back while it is not 0.</summary>
    public void CountDownAndLoop(Register counter, int loopStart)
    {
        _bytes.Add((byte)(0x48 | ((int)counter >> 3)));
        _bytes.Add(0xFF);
        _bytes.Add((byte)(0xC8 | ((int)counter & 7)));
        _bytes.Add(0x0F);
        _bytes.Add(0x85);
        Int32(loopStart - (Position + 4));
    }

    /// <summary>Leaves the upper halves of the vectors clean, for code that uses narrower ones, and returns.</summary>
    public void Return() => _bytes.AddRange([0xC5, 0xF8, 0x77, 0xC3]);

    /// <summary>A register-to-register instruction: reg, vvvv, rm.</summary>
    private void Evex(Prefix prefix, Map map, byte opcode, int reg, int vvvv, int rm)
    {
        EvexPrefix(prefix, map, reg, vvvv, x: rm >> 4, b: (rm >> 3) & 1);
        _bytes.Add(opcode);
        _bytes.Add((byte)(0xC0 | ((reg & 7) << 3) | (rm & 7)));
    }

    /// <summary>An instruction with a memory operand; an 8-bit displacement counts in units of the operand's size.</summary>
    private void Evex(Prefix prefix, Map map, byte opcode, int reg, int vvvv, Memory memory, int unit)
    {
        EvexPrefix(prefix, map, reg, vvvv, x: memory.Index is { } index ? (int)index >> 3 : 0, b: (int)memory.Base >> 3);
        _bytes.Add(opcode);
        Operand(reg & 7, memory, unit);
    }

    /// <summary>The four bytes of an EVEX prefix, 512 bits wide, no mask. Register bits are stored inverted.</summary>
    private void EvexPrefix(Prefix prefix, Map map, int reg, int vvvv, int x, int b)
    {
        const int vectorLength512 = 2;
        _bytes.Add(0x62);
        _bytes.Add((byte)((((reg >> 3) & 1) ^ 1) << 7 | (x ^ 1) << 6 | (b ^ 1) << 5 | ((reg >> 4) ^ 1) << 4 | (int)map));
        _bytes.Add((byte)((~vvvv & 15) << 3 | 1 << 2 | (int)prefix));
        _bytes.Add((byte)(vectorLength512 << 5 | ((vvvv >> 4) ^ 1) << 3));
    }

    private void Legacy(ReadOnlySpan<byte> opcode, int reg, Memory memory, bool wide)
    {
        int rex = 0x40 | (wide ? 8 : 0) | ((reg >> 3) << 2) | (memory.Index is { } index ? ((int)index >> 3) << 1 : 0) | ((int)memory.Base >> 3);
        if (rex != 0x40)
        {
            _bytes.Add((byte)rex);
        }

        _bytes.AddRange(opcode);
        Operand(reg & 7, memory, unit: 1);
    }

    /// <summary>ModRM, SIB and displacement.</summary>
    private void Operand(int reg, Memory memory, int unit)
    {
        const int sibFollows = 4, baseWithoutPlainForm = 5;
        int @base = (int)memory.Base & 7;
        bool isShort = memory.Displacement % unit == 0 && memory.Displacement / unit is >= sbyte.MinValue and <= sbyte.MaxValue;
        int mode = memory.Displacement == 0 && @base != baseWithoutPlainForm ? 0 : isShort ? 1 : 2;
        bool hasSib = memory.Index is not null || @base == sibFollows;
        _bytes.Add((byte)(mode << 6 | reg << 3 | (hasSib ? sibFollows : @base)));
        if (hasSib)
        {
            const int noIndex = 4;
            int index = memory.Index is { } register ? (int)register & 7 : noIndex;
            _bytes.Add((byte)(System.Numerics.BitOperations.Log2((uint)memory.Scale) << 6 | index << 3 | @base));
        }

        if (mode == 1)
        {
            _bytes.Add((byte)(memory.Displacement / unit));
        }
        else if (mode == 2)
        {
            Int32(memory.Displacement);
        }
    }

    private void Int32(int value) => _bytes.AddRange(BitConverter.GetBytes(value));
}
