using Endpoints.Compute.Code;

namespace Endpoints.Compute.Tests.Code;

public sealed unsafe class ExecutableMemoryTests
{
    [Fact]
    public void TryPublish_Code_RunsAndIsNeverWritableAndExecutable()
    {
        if (!ExecutableMemory.IsSupported)
        {
            return;
        }

        // lea rax, [rdi + 7]; ret
        byte* code = ExecutableMemory.TryPublish([0x48, 0x8D, 0x47, 0x07, 0xC3]);
        Assert.True(code is not null);
        Assert.Equal(42, ((delegate* unmanaged[SuppressGCTransition]<long, long>)code)(35));
        string[] map = [.. File.ReadLines("/proc/self/maps").Where(line => Holds(line, (nint)code))];
        Assert.Equal("r-xp", Assert.Single(map).Split(' ')[1]);
    }

    private static bool Holds(string line, nint address)
    {
        string[] range = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-');
        return Convert.ToInt64(range[0], 16) <= address && address < Convert.ToInt64(range[1], 16);
    }
}
