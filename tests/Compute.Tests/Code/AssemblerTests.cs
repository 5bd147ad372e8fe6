using Endpoints.Compute.Code;

namespace Endpoints.Compute.Tests.Code;

/// <summary>Encodings against those that the GNU assembler gives for the same text.</summary>
public sealed class AssemblerTests
{
    [Fact]
    public void LoadVector_ShortLongAndNoDisplacement_IsEncoded()
    {
        Check("62F17C48104E01", code => code.LoadVector(1, new Memory(Register.Rsi, 64)));
        Check("62517C48108864000000", code => code.LoadVector(9, new Memory(Register.R8, 100)));
        Check("62E17C481027", code => code.LoadVector(20, new Memory(Register.Rdi)));
    }

    [Fact]
    public void StoreVector_HighRegister_IsEncoded() => Check("62417C48117801", code => code.StoreVector(new Memory(Register.R8, 64), 31));

    [Fact]
    public void Broadcast_PlainAndIndexed_IsEncoded()
    {
        Check("62D27D481810", code => code.Broadcast(2, new Memory(Register.R8)));
        Check("62D27D48183C4B", code => code.Broadcast(7, new Memory(Register.R11, 0, Register.Rcx, 2)));
        Check("62C27D48181C0A", code => code.Broadcast(19, new Memory(Register.R10, 0, Register.Rcx)));
    }

    [Fact]
    public void Arithmetic_LowAndHighRegisters_IsEncoded()
    {
        Check("62010540EFFF", code => code.Clear(31));
        Check("62624548B8F1", code => code.MultiplyAddFloat32(30, 7, 1));
        Check("62726E4852C0", code => code.DotBFloat16(8, 2, 0));
        Check("6202764052F9", code => code.DotBFloat16(31, 17, 25));
        Check("62624D4850C1", code => code.DotBytes(24, 6, 1));
        Check("62A17C485BC0", code => code.ConvertToFloat32(16, 16));
    }

    [Fact]
    public void Prefetch_EveryForm_IsEncoded()
    {
        Check("0F1810", code => code.Prefetch(new Memory(Register.Rax)));
        Check("0F185040", code => code.Prefetch(new Memory(Register.Rax, 64)));
        Check("410F1811", code => code.Prefetch(new Memory(Register.R9)));
    }

    [Fact]
    public void IntegerInstructions_EveryForm_IsEncoded()
    {
        Check("4C8B07", code => code.Load(Register.R8, new Memory(Register.Rdi)));
        Check("488B4F08", code => code.Load(Register.Rcx, new Memory(Register.Rdi, 8)));
        Check("48034738", code => code.Add(Register.Rax, new Memory(Register.Rdi, 56)));
        Check("4D8D0C48", code => code.LoadAddress(Register.R9, new Memory(Register.R8, 0, Register.Rcx, 2)));
        Check("4D8D0C09", code => code.LoadAddress(Register.R9, new Memory(Register.R9, 0, Register.Rcx)));
        Check("488DB680000000", code => code.LoadAddress(Register.Rsi, new Memory(Register.Rsi, 128)));
        Check("4983C004", code => code.Add(Register.R8, 4));
        Check("4883C1FF", code => code.Add(Register.Rcx, -1));
        Check("C5F877C3", code => code.Return());
    }

    [Fact]
    public void CountDownAndLoop_JumpsBackToItsStart()
    {
        var code = new Assembler();
        code.Return();
        int start = code.Position;
        code.LoadVector(1, new Memory(Register.Rsi, 64));
        code.CountDownAndLoop(Register.Rdx, start);

        // The jump ends at 20 and goes back to 4: -16.
        Assert.Equal("C5F877C3" + "62F17C48104E01" + "48FFCA" + "0F85" + "F0FFFFFF", Convert.ToHexString(code.ToArray()));
    }

    private static void Check(string expected, Action<Assembler> write)
    {
        var code = new Assembler();
        write(code);
        Assert.Equal(expected, Convert.ToHexString(code.ToArray()));
    }
}
