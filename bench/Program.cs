using System.Globalization;
using Endpoints.Bench;
using Endpoints.Bench.Peers;
using Endpoints.Bench.Serving;
using Endpoints.Bench.Soak;
using Endpoints.Bench.Tester;

const string help = """
    Measures the engine beside the limits of this machine: dotnet run -c Release --project bench -- [BENCHMARK ...] [--quick] [--output FILE]

      threads       start of a region, where threads ran, what they add
      gemm          matrix products of BERT's shapes, share of the FMA peak
      linear        linear layers of inference in float32, bfloat16 and int8, share of what arithmetic and memory allow
      attention     attention forward and backward, share of the FMA peak
      elementwise   LayerNorm, activations, embeddings, AdamW, share of the memory bandwidth
      tokenizer     MB/s of English text
      model         BERT-base and a sub-network of it, pairs/s and share of the FMA peak
      peers         our engine, ONNX Runtime and PyTorch in alternating rounds; kept in bench/results
      lanes         BERT tiny and base on every split of the processors into lanes of threads
      training      update steps of BERT-base and of the demo's network in float32 and bfloat16, tokens/s and share of the peak

      cascade       BERT-base's first half before BERT-base: what it saves to continue the first half's work
      parting       rows of BERT-base and of its first half in one batch that parts after the shared layers, beside two batches one after the other
      passes        passes of the strategy full on BERT-base: does a sub-network cost what it keeps
      metrics       what a request's metrics cost, as a share of its processor time
      tester        requests/s of the load tester on one core, beside HttpClient and bare sockets (Linux, two processors, taskset)
      scaleout      one and two server processes, directly and behind nginx: requests/s, and what one costs in each process
      search        100 random SMALL sub-networks of BERT-base over 747 pairs as long as RTE's; --quick runs 6 and says what 100 would take

      curves TASK DATA-FOLDER VOCABULARY-FOLDER STRATEGY LAYERS EPOCHS SEEDS OUTPUT.svg
                    alone: trains a small network in float32 and bfloat16 and draws both losses

      soak [--minutes N]
                    alone: a server under honest, leaving and hostile clients; ends with 1 unless memory is flat, nothing failed and no request is lost

      serving [--server FILE] [--output FILE] [MEASUREMENT ...]
                    alone: a server in a process of its own, held to docs/serving.md's criteria in real time; ends with 1 unless all hold.
                    Of start, idle, deadlines, overload, retries, isolation, health, swaps, footprint; --server measures a published file

      tester-soak [--minutes N]
                    alone: the load tester at full speed; ends with 1 unless its memory is flat

    Without a benchmark, all of them but peers, scaleout, search and tester, which take longest, need nginx or processors to themselves; --quick measures only RTE's mix of lengths by peers. --output also writes the tables and the machine's description to FILE as markdown.
    """;

switch (args)
{
    case ["curves", .. var arguments]:
        return LossCurves.TryRun(arguments) ? 0 : Refuse($"Expected {LossCurves.Usage}.");
    case ["soak", .. var arguments]:
        return CodeOf(SoakRun.TryRun(arguments), SoakRun.Usage);
    case ["serving", .. var arguments]:
        return CodeOf(ServingBenchmark.TryRun(arguments), ServingBenchmark.Usage);
    case ["tester-soak", .. var arguments]:
        return CodeOf(TesterSoak.TryRun(arguments), TesterSoak.Usage);
    case ["tester-role", "server"]:
        LoopbackServer.Run();
        return 0;
    case ["tester-role", var role, var port, var seconds]:
        await TesterRoles.RunAsync(role, int.Parse(port, CultureInfo.InvariantCulture), double.Parse(seconds, CultureInfo.InvariantCulture));
        return 0;
}

bool isQuick = args.Contains("--quick");
var benchmarks = new Dictionary<string, Action<Report>>
{
    ["threads"] = ThreadBenchmark.Run,
    ["gemm"] = GemmBenchmark.Run,
    ["linear"] = LinearBenchmark.Run,
    ["attention"] = AttentionBenchmark.Run,
    ["elementwise"] = ElementwiseBenchmark.Run,
    ["tokenizer"] = TokenizerBenchmark.Run,
    ["model"] = ModelBenchmark.Run,
    ["peers"] = report => PeerBenchmark.Run(report, isQuick, TimeProvider.System),
    ["lanes"] = LaneBenchmark.Run,
    ["training"] = TrainingBenchmark.Run,
    ["cascade"] = CascadeBenchmark.Run,
    ["parting"] = PartingBenchmark.Run,
    ["passes"] = PassBenchmark.Run,
    ["metrics"] = MetricsBenchmark.Run,
    ["tester"] = report => TesterBenchmark.Run(report, isQuick),
    ["scaleout"] = ScaleOutBenchmark.Run,
    ["search"] = report => SearchBenchmark.Run(report, isQuick),
};
var chosen = new List<string>();
string? output = null;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--help" or "-h":
            Console.WriteLine(help);
            return 0;
        case "--quick":
            break;
        case "--output" when i + 1 < args.Length:
            output = args[++i];
            break;
        case "--output":
            return Refuse("--output needs the name of a file after it.");
        case var name when benchmarks.ContainsKey(name):
            chosen.Add(name);
            break;
        default:
            return Refuse($"'{args[i]}' is no benchmark: expected any of {string.Join(", ", benchmarks.Keys)}, --quick, --output FILE or --help.");
    }
}

var report = new Report();
#if DEBUG
report.Note("Built without optimisation: add -c Release, or these figures mean nothing.");
#endif
report.Note(Machine.Describe(TimeProvider.System));
Limits.Print(report);
foreach (string name in chosen.Count > 0 ? chosen : [.. benchmarks.Keys.Where(name => name is not ("peers" or "scaleout" or "search" or "tester"))])
{
    benchmarks[name](report);
}

if (output is not null)
{
    File.WriteAllText(output, $"# Benchmarks\n\n{report.Markdown}");
}

return 0;

static int CodeOf(bool? holds, string usage) => holds switch { true => 0, false => 1, null => Refuse($"Expected {usage}.") };

static int Refuse(string sentence)
{
    Console.Error.WriteLine(sentence);
    return 2;
}
