using Endpoints.Compute.Code;

namespace Endpoints.Compute.Tiles;

/// <summary>
/// Writes the machine code of a tile kernel: C (rows × 16 or 32) = A (rows × depth) · B (depth × 32), one panel of B, in any of the three precisions.
/// </summary>
/// <remarks>
/// All three are one loop over groups of 32 bits of depth (1 float, 2 bfloat16, 4 bytes): two loads of B, one broadcast of A a row, two dot products a row.
/// Registers: zmm0–1 B, zmm2–7 A, zmm8–31 sums, so at most 12 rows. With two dot products a cycle, 12 rows take 12 cycles a step and 14 of its 24 loads.
/// Sums are float32, each in order of depth (bytes: exact 32-bit integers, at most 2^15 groups of depth, turned into floats at the end).
/// </remarks>
internal static class TileCode
{
    /// <summary>Most rows of a tile.</summary>
    public const int MaxRows = 12;

    /// <summary>Dot products a step of the kernel that measures the limit.</summary>
    public const int PeakSums = 24;

    private const int FirstA = 2, SpareA = 6, FirstSum = 8, VectorBytes = 64, PanelStep = 128, GroupBytes = 4, RowsPerPointer = 3;
    private const Register Arguments = Register.Rdi, ARow = Register.Rcx, B = Register.Rsi, Count = Register.Rdx, Ahead = Register.Rax;

    /// <summary>Three rows a pointer reach all twelve with one stride register: [p], [p + s], [p + 2 s].</summary>
    private static readonly Register[] Pointers = [Register.R8, Register.R9, Register.R10, Register.R11];

    /// <summary>Appends the kernel for a number of rows and of vectors (of 16 columns) a row.</summary>
    public static void Write(Assembler code, Precision precision, LeftLayout layout, int rows, int vectors)
    {
        Enter(code, layout == LeftLayout.Rows ? rows : 1);
        for (int sum = 0; sum < rows * vectors; sum++)
        {
            code.Clear(FirstSum + sum);
        }

        int loop = code.Position;
        Step(code, precision, layout, rows, vectors);
        code.CountDownAndLoop(Count, loop);
        Finish(code, precision, rows, vectors);
        code.Return();
    }

    /// <summary>Appends a kernel that does nothing but 24 independent dot products a step, from registers: the processor's limit.</summary>
    public static void WritePeak(Assembler code, Precision precision)
    {
        code.Load(Count, Field(nameof(TileArguments.Steps)));
        for (int register = 0; register < FirstSum + PeakSums; register++)
        {
            code.Clear(register);
        }

        int loop = code.Position;
        for (int sum = 0; sum < PeakSums; sum++)
        {
            Dot(code, precision, FirstSum + sum, FirstA, 0);
        }

        code.CountDownAndLoop(Count, loop);
        code.Return();
    }

    private static void Enter(Assembler code, int rows)
    {
        code.Load(Pointers[0], Field(nameof(TileArguments.A)));
        code.Load(ARow, Field(nameof(TileArguments.ARow)));
        code.Load(B, Field(nameof(TileArguments.B)));
        code.Load(Count, Field(nameof(TileArguments.Steps)));
        code.Load(Ahead, Field(nameof(TileArguments.Ahead)));
        for (int pointer = 1; pointer * RowsPerPointer < rows; pointer++)
        {
            code.LoadAddress(Pointers[pointer], new Memory(Pointers[pointer - 1], 0, ARow, 2));
            code.LoadAddress(Pointers[pointer], new Memory(Pointers[pointer], 0, ARow));
        }
    }

    private static void Step(Assembler code, Precision precision, LeftLayout layout, int rows, int vectors)
    {
        for (int vector = 0; vector < vectors; vector++)
        {
            code.LoadVector(vector, new Memory(B, vector * VectorBytes));
        }

        code.Prefetch(new Memory(Ahead));
        code.Prefetch(new Memory(Ahead, VectorBytes));
        for (int row = 0; row < rows; row++)
        {
            int a = FirstA + (row % SpareA);
            code.Broadcast(a, layout == LeftLayout.Rows ? InRows(row) : new Memory(Pointers[0], row * GroupBytes));
            for (int vector = 0; vector < vectors; vector++)
            {
                Dot(code, precision, FirstSum + (row * vectors) + vector, a, vector);
            }
        }

        code.Add(Ahead, Field(nameof(TileArguments.AheadStep)));
        Advance(code, layout, rows);
    }

    private static Memory InRows(int row)
    {
        Register pointer = Pointers[row / RowsPerPointer];
        return (row % RowsPerPointer) switch
        {
            0 => new Memory(pointer),
            1 => new Memory(pointer, 0, ARow),
            _ => new Memory(pointer, 0, ARow, 2),
        };
    }

    /// <summary>To the next group of depth.</summary>
    private static void Advance(Assembler code, LeftLayout layout, int rows)
    {
        if (layout == LeftLayout.Panels)
        {
            code.LoadAddress(Pointers[0], new Memory(Pointers[0], PanelStep));
        }
        else
        {
            for (int pointer = 0; pointer * RowsPerPointer < rows; pointer++)
            {
                code.Add(Pointers[pointer], GroupBytes);
            }
        }

        code.LoadAddress(B, new Memory(B, PanelStep));
    }

    private static void Dot(Assembler code, Precision precision, int sum, int a, int b)
    {
        switch (precision)
        {
            case Precision.BFloat16: code.DotBFloat16(sum, a, b); break;
            case Precision.Int8: code.DotBytes(sum, a, b); break;
            default: code.MultiplyAddFloat32(sum, a, b); break;
        }
    }

    private static void Finish(Assembler code, Precision precision, int rows, int vectors)
    {
        const Register c = Register.R8, cRow = Register.Rcx;
        code.Load(c, Field(nameof(TileArguments.C)));
        code.Load(cRow, Field(nameof(TileArguments.CRow)));
        for (int row = 0; row < rows; row++)
        {
            for (int vector = 0; vector < vectors; vector++)
            {
                int sum = FirstSum + (row * vectors) + vector;
                if (precision == Precision.Int8)
                {
                    code.ConvertToFloat32(sum, sum);
                }

                code.StoreVector(new Memory(c, vector * VectorBytes), sum);
            }

            code.LoadAddress(c, new Memory(c, 0, cRow));
        }
    }

    private static Memory Field(string name) => new(Arguments, (int)System.Runtime.InteropServices.Marshal.OffsetOf<TileArguments>(name));
}
