using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Endpoints.Compute.Code;

/// <summary>Instructions that .NET does not expose at 512 bits, asked of the processor itself (CPUID, leaf 7).</summary>
internal static class ProcessorFeatures
{
    private const int Ebx0Avx512F = 16, Ecx0Avx512Vnni = 11, Eax1Avx512BFloat16 = 5;

    /// <summary>512-bit vectors, enabled by the operating system too: .NET checks that.</summary>
    public static bool HasAvx512 { get; } = X86Base.IsSupported && Vector512.IsHardwareAccelerated && Bit(X86Base.CpuId(7, 0).Ebx, Ebx0Avx512F);

    /// <summary>VPDPBUSD on 512 bits.</summary>
    public static bool HasAvx512Vnni { get; } = HasAvx512 && Bit(X86Base.CpuId(7, 0).Ecx, Ecx0Avx512Vnni);

    /// <summary>VDPBF16PS on 512 bits.</summary>
    public static bool HasAvx512BFloat16 { get; } = HasAvx512 && X86Base.CpuId(7, 0).Eax >= 1 && Bit(X86Base.CpuId(7, 1).Eax, Eax1Avx512BFloat16);

    private static bool Bit(int register, int bit) => ((register >> bit) & 1) != 0;
}
