using System.Globalization;
using System.Numerics;

namespace Endpoints.LoadTest.Measuring;

/// <summary>
/// Counts latencies in microseconds in buckets that grow with the value: 1 µs wide below 128 µs, then 64 to an octave. A percentile is the middle of
/// its bucket, so at most 1/128 (0.8 %) away from the exact one. Memory is fixed (16 KB). Any number of threads may record at once.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>The largest latency that is told apart, about 19 hours; longer ones count as this.</summary>
    public const long MaxMicroseconds = (1L << 36) - 1;

    private const int ExactBits = 7;
    private const int PerOctave = 1 << (ExactBits - 1);
    private const int BucketCount = (1 << ExactBits) + ((36 - ExactBits) * PerOctave);

    private readonly long[] _buckets = new long[BucketCount];
    private long _sum;
    private long _max;
    private long _min = long.MaxValue;

    /// <summary>Number of latencies recorded.</summary>
    public long Count => _buckets.Sum();

    /// <summary>The longest latency, exactly, in µs; 0 when there is none.</summary>
    public long Max => Volatile.Read(ref _max);

    /// <summary>The shortest latency, exactly, in µs; 0 when there is none.</summary>
    public long Min => Volatile.Read(ref _min) is long.MaxValue ? 0 : Volatile.Read(ref _min);

    /// <summary>The exact mean in µs; 0 when there is none.</summary>
    public double Mean => Count is > 0 and long count ? (double)Volatile.Read(ref _sum) / count : 0;

    /// <summary>Counts one latency in µs.</summary>
    public void Record(long microseconds)
    {
        long value = Math.Clamp(microseconds, 0, MaxMicroseconds);
        Interlocked.Increment(ref _buckets[BucketOf(value)]);
        Interlocked.Add(ref _sum, value);
        Raise(ref _max, value);
        Lower(ref _min, value);
    }

    /// <summary>Adds all that another histogram has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < _buckets.Length; i++)
        {
            if (Volatile.Read(ref other._buckets[i]) is > 0 and long count)
            {
                Interlocked.Add(ref _buckets[i], count);
            }
        }

        Interlocked.Add(ref _sum, Volatile.Read(ref other._sum));
        Raise(ref _max, other.Max);
        Lower(ref _min, Volatile.Read(ref other._min));
    }

    /// <summary>
    /// What was counted after an earlier copy of this histogram was taken. Its <see cref="Max"/> and <see cref="Min"/> are as exact as percentiles.
    /// </summary>
    public LatencyHistogram Since(LatencyHistogram earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var later = new LatencyHistogram { _sum = _sum - earlier._sum };
        for (int i = 0; i < _buckets.Length; i++)
        {
            later._buckets[i] = _buckets[i] - earlier._buckets[i];
            if (later._buckets[i] > 0)
            {
                later._max = Math.Min(MiddleOf(i), Max);
                later._min = Math.Min(later._min, later._max);
            }
        }

        return later;
    }

    /// <summary>The latency in µs that a share of all (0 to 1) does not exceed; 0 when there is none. 1 gives <see cref="Max"/>.</summary>
    public long Percentile(double share)
    {
        if (!(share is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A percentile is asked for as a share from 0 to 1.");
        }

        if (share == 1)
        {
            return Max;
        }

        // The nearest-rank rule, with a grain of salt for shares such as 0.99 that binary fractions miss by a little.
        long rank = Math.Max(1, (long)Math.Ceiling((share * Count) - 1e-9));
        long seen = 0;
        for (int i = 0; i < _buckets.Length; i++)
        {
            seen += _buckets[i];
            if (seen >= rank)
            {
                return Math.Clamp(MiddleOf(i), Min, Max);
            }
        }

        return Max;
    }

    /// <summary>
    /// What would have been counted had requests been sent at a fixed interval, as a user who waits for a slow answer does not: for each latency above
    /// the interval also those of the requests not sent meanwhile, each shorter by one interval than the one before (coordinated omission, corrected).
    /// </summary>
    /// <param name="interval">Time between the starts of two requests, in µs.</param>
    internal LatencyHistogram Corrected(double interval)
    {
        var corrected = new LatencyHistogram();
        corrected.Add(this);
        for (int i = 0; i < _buckets.Length && interval > 0; i++)
        {
            // One division for each bucket that the missing ones fall into, not one step for each of them: there may be millions.
            double latency = Math.Clamp(MiddleOf(i), Min, Max);
            double missing = _buckets[i] == 0 ? 0 : Math.Floor(latency / interval) - 1;
            for (double step = 1; step <= missing;)
            {
                long value = (long)(latency - (step * interval));
                double last = Math.Min(missing, Math.Max(step, Math.Floor((latency - LowOf(BucketOf(value))) / interval)));
                corrected.Record(value, _buckets[i] * (long)(last - step + 1));
                step = last + 1;
            }
        }

        return corrected;
    }

    /// <summary>All that was counted as text: <c>min max sum bucket:count ...</c>; <see cref="Parse"/> reads it.</summary>
    internal string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Min} {Max} {_sum}")
        + string.Concat(Enumerable.Range(0, BucketCount).Where(i => _buckets[i] > 0).Select(i => string.Create(CultureInfo.InvariantCulture, $" {i}:{_buckets[i]}")));

    /// <exception cref="FormatException">The text is not of that form.</exception>
    internal static LatencyHistogram Parse(string text)
    {
        string[] parts = text.Split(' ');
        var histogram = new LatencyHistogram();
        if (parts.Length < 3 || !Number(parts[0], out long min) || !Number(parts[1], out histogram._max) || !Number(parts[2], out histogram._sum))
        {
            throw NotOne(text);
        }

        foreach (string part in parts.Skip(3))
        {
            string[] pair = part.Split(':');
            if (pair.Length != 2 || !Number(pair[0], out long bucket) || bucket >= BucketCount || !Number(pair[1], out histogram._buckets[bucket]))
            {
                throw NotOne(text);
            }
        }

        histogram._min = parts.Length == 3 ? long.MaxValue : min;
        return histogram;

        static bool Number(string part, out long value) => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        static FormatException NotOne(string text) => new($"'{text[..Math.Min(text.Length, 40)]}' is not a histogram: expected 'min max sum bucket:count ...'.");
    }

    private void Record(long value, long count)
    {
        _buckets[BucketOf(value)] += count;
        _sum += value * count;
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
    }

    private static long LowOf(int bucket)
    {
        int above = bucket - (1 << ExactBits);
        return above < 0 ? bucket : (long)(PerOctave + (above % PerOctave)) << ((above / PerOctave) + 1);
    }

    private static int BucketOf(long value)
    {
        int exponent = BitOperations.Log2((ulong)value);
        return exponent < ExactBits ? (int)value : (1 << ExactBits) + ((exponent - ExactBits) * PerOctave) + (int)(value >> (exponent - ExactBits + 1)) - PerOctave;
    }

    private static long MiddleOf(int bucket)
    {
        int above = bucket - (1 << ExactBits);
        if (above < 0)
        {
            return bucket;
        }

        int shift = (above / PerOctave) + 1;
        return ((long)(PerOctave + (above % PerOctave)) << shift) + (1L << (shift - 1));
    }

    private static void Raise(ref long location, long value)
    {
        long seen = Volatile.Read(ref location);
        while (value > seen)
        {
            long found = Interlocked.CompareExchange(ref location, value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    private static void Lower(ref long location, long value)
    {
        long seen = Volatile.Read(ref location);
        while (value < seen)
        {
            long found = Interlocked.CompareExchange(ref location, value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
