using System.Runtime.InteropServices;

namespace Endpoints.Compute;

/// <summary>Zeroed memory, aligned to 64 bytes. Large pieces come from the system and go back to it, each by itself.</summary>
/// <remarks>
/// A C library keeps what was freed, in as many heaps as there are threads: a server that replaced a model a few times would hold twice what it uses.
/// </remarks>
internal static unsafe partial class ZeroedMemory
{
    private const nuint Alignment = 64;

    /// <summary>Below it a page or two would be wasted for little.</summary>
    private const nuint Large = 64 * 1024;

    // The same on every Linux that .NET runs on: PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS.
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    /// <summary>So many bytes.</summary>
    /// <exception cref="OutOfMemoryException">There is no such room.</exception>
    public static void* Allocate(nuint bytes)
    {
        if (IsMapped(bytes))
        {
            void* mapped = Map(null, bytes, ReadWrite, PrivateAnonymous, -1, 0);
            return (nint)mapped != -1 ? mapped : throw new OutOfMemoryException($"The system has no room for {bytes:N0} bytes more.");
        }

        void* allocated = NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(allocated, bytes);
        return allocated;
    }

    /// <summary>Frees what was allocated with as many bytes.</summary>
    public static void Free(void* memory, nuint bytes)
    {
        if (IsMapped(bytes))
        {
            _ = Unmap(memory, bytes);
        }
        else
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static bool IsMapped(nuint bytes) => OperatingSystem.IsLinux() && bytes >= Large;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
