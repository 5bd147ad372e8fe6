using System.Diagnostics;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bench;

/// <summary>How to split the processors: many lanes of few threads, or few lanes of many. Every lane is driven by a thread of its own, as in the server.</summary>
internal static class LaneBenchmark
{
    private const int Rounds = 9;
    private const double RoundSeconds = 0.4;

    public static void Run(Report report)
    {
        int[] lengths = Lengths.Draw(32);
        report.Heading("Lanes");
        report.Note(
            $"Pairs a second of all lanes together, sequences like RTE's ({lengths.Average():F0} tokens on average), medians of {Rounds} rounds in which the splits take turns. "
            + "A batch takes longer on a lane of fewer threads, so the best throughput is not the best answer time.");
        report.Columns("network", "lanes", "threads", "batch", "pairs/s", "spread", "ms a batch", "over 1 × 1", "");
        Measure(report, "tiny (L2 H128)", BertConfig.Uniform(30_522, 128, 2, 2, 512, 512, "LABEL_0", "LABEL_1"), lengths);
        Measure(report, "BERT-base", BertConfig.Base(), lengths);
        report.End();
    }

    /// <summary>One lane of one thread, to compare with, and every split that uses all processors.</summary>
    private static (int Lanes, int Threads)[] Splits(int processors) =>
        [.. Enumerable.Range(1, processors).Where(lanes => processors % lanes == 0).Select(lanes => (lanes, processors / lanes)).Prepend((1, 1)).Distinct()];

    private static void Measure(Report report, string name, BertConfig config, int[] lengths)
    {
        BertParameters parameters = BertParameters.Random(config, 1);
        Split[] splits = [.. Splits(Environment.ProcessorCount).Select(split => new Split(split.Lanes, split.Threads, parameters))];
        foreach (int batch in (int[])[1, 8])
        {
            double[][] rates = [.. splits.Select(_ => new double[Rounds])];
            for (int round = -1; round < Rounds; round++)
            {
                for (int i = 0; i < splits.Length; i++)
                {
                    double rate = splits[i].Drive(config, lengths, batch, RoundSeconds);
                    if (round >= 0)
                    {
                        rates[i][round] = rate;
                    }
                }
            }

            Print(report, name, splits, batch, rates);
        }

        foreach (Split split in splits)
        {
            split.Dispose();
        }
    }

    private static void Print(Report report, string name, Split[] splits, int batch, double[][] rates)
    {
        foreach (double[] rounds in rates)
        {
            Array.Sort(rounds);
        }

        double best = rates.Max(rounds => rounds[Rounds / 2]);
        for (int i = 0; i < splits.Length; i++)
        {
            double median = rates[i][Rounds / 2];
            report.Row(
                name, $"{splits[i].Lanes}", $"{splits[i].Threads}", $"{batch}", $"{median:F1}", $"{rates[i][0]:F0}-{rates[i][^1]:F0}",
                $"{1e3 * splits[i].Lanes * batch / median:F2}", $"{median / rates[0][Rounds / 2]:F2} ×", median == best ? "best" : "");
        }
    }

    /// <summary>An engine of some lanes and a classifier on each.</summary>
    private sealed class Split : IDisposable
    {
        private readonly CpuEngine _engine;
        private readonly IClassifier[] _classifiers;

        public Split(int lanes, int threads, BertParameters parameters)
        {
            (Lanes, Threads) = (lanes, threads);
            _engine = new CpuEngine(lanes, threads);
            ISuperNetwork network = _engine.Load(parameters);
            _classifiers = [.. Enumerable.Range(0, lanes).Select(lane => network.CreateClassifier(SubNetwork.Full(parameters.Config), lane))];
        }

        public int Lanes { get; }

        public int Threads { get; }

        /// <summary>Runs every lane for a while; pairs a second of all.</summary>
        public double Drive(BertConfig config, int[] lengths, int batch, double seconds)
        {
            var rates = new double[Lanes];
            using var start = new Barrier(Lanes);
            Thread[] drivers = [.. Enumerable.Range(0, Lanes).Select(lane => new Thread(() => rates[lane] = DriveOne(lane, config, lengths, batch, seconds, start)))];
            foreach (Thread driver in drivers)
            {
                driver.Start();
            }

            foreach (Thread driver in drivers)
            {
                driver.Join();
            }

            return rates.Sum();
        }

        public void Dispose() => _engine.Dispose();

        private double DriveOne(int lane, BertConfig config, int[] lengths, int size, double seconds, Barrier start)
        {
            TokenBatch[] batches = Batches.Of(config, lengths, size);
            var logits = new float[size * config.LabelCount];
            start.SignalAndWait();
            long begin = Stopwatch.GetTimestamp();
            long pairs = 0;
            do
            {
                foreach (TokenBatch batch in batches)
                {
                    _classifiers[lane].Classify(batch, logits);
                    pairs += batch.Count;
                }
            }
            while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);

            return pairs / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
    }
}
