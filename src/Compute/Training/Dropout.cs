using System.Runtime.CompilerServices;

namespace Endpoints.Compute.Training;

/// <summary>
/// Dropout whose mask is a function of a key, not of a stream of random numbers: the backward computes the forward's mask again, and the mask does
/// not depend on which thread asks. Kept entries are scaled by 1 / (1 - rate).
/// </summary>
/// <remarks>Entry i of row r is dropped when 16 bits of a 64-bit mix of (key, r, i / 4) are below rate · 65536 (so the rate is exact to 1.5e-5).</remarks>
public readonly unsafe struct Dropout
{
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* x, int count, long row)
    {
        if (_threshold == 0)
        {
            return;
        }

        ulong key = Mix(_key + (ulong)row);
        for (int i = 0; i < count; i += 4)
        {
            ulong bits = Mix(key + (ulong)i);
            int end = Math.Min(4, count - i);
            for (int j = 0; j < end; j++, bits >>= 16)
            {
                x[i + j] = (bits & 0xFFFF) < _threshold ? 0f : x[i + j] * _scale;
            }
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
}
