using System.Diagnostics;
using Endpoints.Compute.Measurement;
using Endpoints.Compute.Threads;

namespace Endpoints.Bench;

/// <summary>The thread team itself: how soon a region has all its threads, where they run, and what they add where nothing is shared.</summary>
internal static class ThreadBenchmark
{
    private const int Regions = 2_000;
    private const int Rounds = 200;

    public static void Run(Report report)
    {
        int size = Environment.ProcessorCount;
        report.Heading("Threads");
        MeasureStarts(report, size);
        MeasureGain(report, size);
    }

    private static void MeasureStarts(Report report, int size)
    {
        report.Note(
            $"Regions of one empty item a thread, {Regions} of each kind. Start: until the last thread of the team is in the region; whole: until the caller has left it. "
            + "A team spins for a moment between regions and then sleeps, so the pause before a region counts.");
        report.Columns("team, pause before a region", "pinned", "start µs", "99 %", "whole µs", "99 %");
        foreach (bool pin in (bool[])[false, true])
        {
            using var team = new ThreadTeam(size, pinThreads: pin);
            foreach (int pause in (int[])[0, 20, 1000])
            {
                MeasureStart(report, team, pause);
            }
        }

        report.End();
    }

    private static void MeasureStart(Report report, ThreadTeam team, int pauseMicroseconds)
    {
        var starts = new double[Regions];
        var wholes = new double[Regions];
        var meeting = new Meeting(team.Size);
        for (int region = -100; region < Regions; region++)
        {
            for (long pause = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(pause).TotalMicroseconds < pauseMicroseconds;)
            {
            }

            long begin = Stopwatch.GetTimestamp();
            meeting.Run(team);
            long end = Stopwatch.GetTimestamp();
            if (region >= 0)
            {
                starts[region] = Stopwatch.GetElapsedTime(begin, meeting.LastArrival).TotalMicroseconds;
                wholes[region] = Stopwatch.GetElapsedTime(begin, end).TotalMicroseconds;
            }
        }

        report.Row(
            $"{Count(team.Size)}, {pauseMicroseconds} µs", team.IsPinned ? "yes" : "no",
            $"{At(starts, 0.5):F2}", $"{At(starts, 0.99):F2}", $"{At(wholes, 0.5):F2}", $"{At(wholes, 0.99):F2}");
    }

    private static void MeasureGain(Report report, int size)
    {
        report.Note(
            $"Multiply-adds from registers, medians of {Rounds} rounds. Ran on: the processors that each thread was seen on; together: rounds in which two threads were on one.");
        report.Columns("team", "pinned", "GFLOP/s", "over one", "worst", "together", "ran on");
        using ThreadTeam free = new(size, pinThreads: false), one = new(1), seated = new(size);
        ThreadTeam[] teams = [one, free, seated];
        double[][] rates = [.. teams.Select(_ => new double[Rounds])];
        Meeting[] meetings = [.. teams.Select(team => new Meeting(team.Size))];

        // Not in turn: a seated team moves the caller, and the free one would find it well placed.
        for (int i = 0; i < teams.Length; i++)
        {
            for (int round = 0; round < Rounds; round++)
            {
                rates[i][round] = ProcessorPeak.MeasureFloat32(teams[i], runs: 1);
                meetings[i].Run(teams[i]);
                meetings[i].NoteProcessors();
            }
        }

        double single = At(rates[0], 0.5);
        for (int i = 0; i < teams.Length; i++)
        {
            report.Row(
                Count(teams[i].Size), teams[i].IsPinned ? "yes" : "no", $"{At(rates[i], 0.5):F1}", $"{At(rates[i], 0.5) / single:F2} ×", $"{At(rates[i], 0) / single:F2} ×",
                $"{meetings[i].Together}", meetings[i].Seen);
        }

        report.End();
    }

    private static string Count(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";

    private static double At(double[] values, double share)
    {
        Array.Sort(values);
        return values[(int)(share * (values.Length - 1))];
    }

    /// <summary>A region that no thread leaves before all are in it.</summary>
    private sealed class Meeting(int size)
    {
        private readonly int[] _processors = new int[size];
        private readonly SortedSet<int>[] _seen = [.. Enumerable.Range(0, size).Select(_ => new SortedSet<int>())];
        private int _arrived;
        private long _lastArrival;

        public long LastArrival => _lastArrival;

        public int Together { get; private set; }

        public string Seen => string.Join(" | ", _seen.Select(processors => string.Join(',', processors)));

        public void Run(ThreadTeam team)
        {
            _arrived = 0;
            var work = new Work(this);
            team.Run(ref work, size);
        }

        public void NoteProcessors()
        {
            Together += _processors.Distinct().Count() < size ? 1 : 0;
            for (int worker = 0; worker < size; worker++)
            {
                _seen[worker].Add(_processors[worker]);
            }
        }

        private void Meet(int worker)
        {
            _processors[worker] = Processors.Current;
            if (Interlocked.Increment(ref _arrived) == size)
            {
                Volatile.Write(ref _lastArrival, Stopwatch.GetTimestamp());
            }

            while (Volatile.Read(ref _arrived) < size)
            {
                Thread.SpinWait(1);
            }
        }

        private readonly struct Work(Meeting meeting) : IWork
        {
            public void Execute(int item, int worker) => meeting.Meet(worker);
        }
    }
}
