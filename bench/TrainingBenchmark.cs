using System.Diagnostics;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Compute;

namespace Endpoints.Bench;

/// <summary>Update steps (forward, backward, AdamW) in float32 and bfloat16, by turns, of BERT-base and of the demo's network.</summary>
internal static class TrainingBenchmark
{
    private const int Warm = 1, Rounds = 5;

    public static void Run(Report report)
    {
        report.Heading("Training");
        report.Note(
            $"An update step: forward, backward and AdamW of the whole network, without dropout. Medians of {Rounds} rounds by turns; shares are of the precision's own peak. "
            + "On a machine that others use too, look at the processor time of all threads: it leaves out the time that they took away.");
        report.Columns("network", "batch", "tokens", "threads", "precision", "ms a step", "fastest", "processor ms", "tokens/s", "GFLOP/s", "share of peak", "faster than float32", "by processor time");
        foreach (int threads in Limits.TeamSizes)
        {
            Compare(report, "BERT-base", BertConfig.Base(), Lengths.Draw(32), threads);
            Compare(report, "demo (4 × 128, 512 units)", BertConfig.Uniform(2000, 128, 4, 4, 512, 64, ["no", "yes", "maybe"]), [.. Lengths.Draw(16).Select(length => Math.Clamp(length / 3, 8, 64))], threads);
        }

        report.End();
    }

    private static void Compare(Report report, string name, BertConfig config, int[] lengths, int threads)
    {
        Precision[] precisions = [Precision.Float32, Precision.BFloat16];
        Subject[] subjects = [.. precisions.Select(precision => new Subject(config, lengths, precision, threads))];
        for (int round = 0; round < Warm + Rounds; round++)
        {
            foreach (Subject subject in subjects)
            {
                subject.Round(round >= Warm);
            }
        }

        foreach (Subject subject in subjects)
        {
            double rate = subject.Operations / subject.Median;
            report.Row(
                name, $"{lengths.Length}", $"{lengths.Sum()}", $"{threads}", $"{subject.Precision}", $"{subject.Median * 1e3:F1}", $"{subject.Fastest * 1e3:F1}", $"{subject.Processor * 1e3:F1}",
                $"{lengths.Sum() / subject.Median:F0}", $"{rate / 1e9:F0}", $"{rate / subject.Peak:P1}", $"{subjects[0].Median / subject.Median:F2}", $"{subjects[0].Processor / subject.Processor:F2}");
            subject.Dispose();
        }
    }

    /// <summary>A trainer with its batch and the times of its steps.</summary>
    private sealed class Subject : IDisposable
    {
        private readonly Trainer _trainer;
        private readonly SubNetwork _whole;
        private readonly TokenBatch _batch = new();
        private readonly CrossEntropyLoss _loss;
        private readonly float[] _logits;
        private readonly List<double> _seconds = [];
        private readonly List<double> _processor = [];
        private readonly List<double> _peaks = [];
        private readonly int _steps;

        public Subject(BertConfig config, int[] lengths, Precision precision, int threads)
        {
            _steps = config.HiddenSize > 256 ? 1 : 20;
            var random = new Random(5);
            foreach (int length in lengths)
            {
                _batch.Add([.. Enumerable.Range(0, length).Select(_ => random.Next(config.VocabularySize))], new int[length]);
            }

            _trainer = new Trainer(BertParameters.Random(config, 1), new TrainerOptions { Dropout = 0, Precision = precision, Threads = threads });
            _whole = SubNetwork.Full(config);
            _loss = new CrossEntropyLoss(lengths.Select((_, i) => i % config.LabelCount).ToArray());
            _logits = new float[lengths.Length * config.LabelCount];
        }

        public Precision Precision => _trainer.Precision;

        public double Operations { get; private set; }

        public double Median => Middle(_seconds);

        public double Fastest => _seconds.Min();

        /// <summary>Median processor seconds of a step, over all threads.</summary>
        public double Processor => Middle(_processor);

        public double Peak => Middle(_peaks);

        /// <summary>A round: as many steps as the clock of the processor time, which ticks in milliseconds, needs.</summary>
        public void Round(bool isMeasured)
        {
            double peak = _trainer.MeasurePeak(), before = _trainer.Operations;
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            for (int step = 0; step < _steps; step++)
            {
                _trainer.Accumulate(_whole, _batch, _loss, _logits);
                _trainer.Step(1e-5f);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / _steps;
            Operations = (_trainer.Operations - before) / _steps;
            if (isMeasured)
            {
                _seconds.Add(seconds);
                _processor.Add((Environment.CpuUsage.TotalTime - processor).TotalSeconds / _steps);
                _peaks.Add(peak);
            }
        }

        public void Dispose() => _trainer.Dispose();

        private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }
}
