using System.Runtime.InteropServices;

namespace Endpoints.Compute.Code;

/// <summary>Pages of machine code: written while they are writable, then made executable and never writable again.</summary>
internal static unsafe partial class ExecutableMemory
{
    private const int ProtectRead = 1, ProtectWrite = 2, ProtectExecute = 4, MapPrivate = 2, MapAnonymousLinux = 0x20;

    /// <summary>True where this class knows how to get such pages. The operating system may still refuse.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Copies code to pages that live as long as the process.</summary>
    /// <returns>Its address, or null where the operating system refuses executable pages (a hardened kernel or container).</returns>
    public static byte* TryPublish(ReadOnlySpan<byte> code)
    {
        nuint length = (nuint)code.Length;
        void* pages = Map(null, length, ProtectRead | ProtectWrite, MapPrivate | MapAnonymousLinux, -1, 0);
        if (pages == (void*)-1)
        {
            return null;
        }

        code.CopyTo(new Span<byte>(pages, code.Length));
        if (Protect(pages, length, ProtectRead | ProtectExecute) != 0)
        {
            _ = Unmap(pages, length);
            return null;
        }

        return (byte*)pages;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
