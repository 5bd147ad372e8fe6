using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Training;

/// <summary>
/// Dropout whose mask is a function of a key, not of a stream of random numbers: the backward computes the forward's mask again, and the mask does
/// not depend on which thread asks. Kept entries are scaled by 1 / (1 - rate).
/// </summary>
/// <remarks>Entry i of row r is dropped when 16 bits of a 64-bit mix of (key, r, i / 4) are below rate · 65536 (so the rate is exact to 1.5e-5).</remarks>
public readonly unsafe struct Dropout
{
    /// <summary>Entries whose random numbers are drawn at a time: 1 KB of the first-level cache.</summary>
    private const int ChunkEntries = 256;

    private readonly ulong _key;
    private readonly uint _threshold;
    private readonly float _scale;

    /// <summary>A dropout site.</summary>
    /// <param name="rate">Share of entries set to zero, at least 0 and less than 1.</param>
    /// <param name="key">Different for each step, layer and site.</param>
    public Dropout(float rate, ulong key)
    {
        if (!(rate >= 0 && rate < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is at least 0 and less than 1.");
        }

        _key = Mix(key);
        _threshold = (uint)MathF.Round(rate * 65536f);
        _scale = 1f / (1f - rate);
    }

    /// <summary>False for the default value and for rate 0: nothing is dropped.</summary>
    public bool IsActive => _threshold != 0;

    /// <summary>Drops entries of a row in place.</summary>
    /// <param name="x">The row.</param>
    /// <param name="count">Its length.</param>
    /// <param name="row">Number of the row within the site.</param>
    public void Apply(float* x, int count, long row) => Apply(x, count, row, SimdSelection.Path);

    internal void Apply(float* x, int count, long row, SimdPath path)
    {
        if (_threshold != 0)
        {
            SimdDispatch.Run(new Kernel(x, count, Mix(_key + (ulong)row), _threshold, _scale), path);
        }
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>The same of eight values. Only AVX-512 multiplies 64-bit lanes; narrower vectors would be no faster than the scalar one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Mix(Vector512<ulong> value)
    {
        value += Vector512.Create(0x9E3779B97F4A7C15);
        value = (value ^ (value >>> 30)) * Vector512.Create(0xBF58476D1CE4E5B9);
        value = (value ^ (value >>> 27)) * Vector512.Create(0x94D049BB133111EB);
        return value ^ (value >>> 31);
    }

    private readonly struct Kernel(float* x, int count, ulong key, uint threshold, float scale) : ISimdKernel
    {
        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            float* numbers = stackalloc float[ChunkEntries];
            TSimd limit = TSimd.Broadcast(threshold), factor = TSimd.Broadcast(scale);
            for (int start = 0; start < count; start += ChunkEntries)
            {
                int length = Math.Min(ChunkEntries, count - start);
                if (TSimd.Width == Vector512<float>.Count)
                {
                    DrawWide(key + (ulong)start, numbers, length);
                }
                else
                {
                    Draw(key + (ulong)start, numbers, length);
                }

                float* to = x + start;
                int i = 0;
                for (; i + TSimd.Width <= length; i += TSimd.Width)
                {
                    TSimd.Store(TSimd.SelectLess(TSimd.Load(numbers + i), limit, TSimd.Zero, TSimd.Load(to + i) * factor), to + i);
                }

                for (; i < length; i++)
                {
                    to[i] = numbers[i] < threshold ? 0f : to[i] * scale;
                }
            }
        }

        /// <summary>Whole numbers below 65,536, four from each mix, in multiples of four.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Draw(ulong key, float* numbers, int length)
        {
            for (int i = 0; i < length; i += 4)
            {
                ulong bits = Mix(key + (ulong)i);
                numbers[i] = (ushort)bits;
                numbers[i + 1] = (ushort)(bits >> 16);
                numbers[i + 2] = (ushort)(bits >> 32);
                numbers[i + 3] = (ushort)(bits >> 48);
            }
        }

        /// <summary>The same, in multiples of 32: within a chunk there is room.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void DrawWide(ulong key, float* numbers, int length)
        {
            Vector512<ulong> steps = Vector512.Create(0UL, 4, 8, 12, 16, 20, 24, 28);
            for (int i = 0; i < length; i += 32)
            {
                Vector512<ushort> bits = Mix(Vector512.Create(key + (ulong)i) + steps).AsUInt16();
                (Vector512<uint> lower, Vector512<uint> upper) = Vector512.Widen(bits);
                Vector512.ConvertToSingle(lower.AsInt32()).Store(numbers + i);
                Vector512.ConvertToSingle(upper.AsInt32()).Store(numbers + i + Vector512<float>.Count);
            }
        }
    }
}
