using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.Charts;
using Endpoints.Pruning.Runs;

namespace Endpoints.Pruning.Pipeline;

/// <summary>A figure over several seeds.</summary>
/// <param name="Mean">Its mean; null where it was undefined for every seed.</param>
/// <param name="Deviation">Its standard deviation (of a sample, n - 1); 0 for a single seed.</param>
public readonly record struct Spread(double? Mean, double Deviation)
{
    /// <summary>Of values, those that are not numbers left out.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return new Spread(null, 0);
        }

        double mean = finite.Average();
        return new Spread(mean, finite.Length == 1 ? 0 : Math.Sqrt(finite.Sum(value => (value - mean) * (value - mean)) / (finite.Length - 1)));
    }
}

/// <summary>One point of a curve: what pruning to a level gave, over several seeds.</summary>
public sealed record CurvePoint
{
    /// <value>What the method was asked to remove, in its own measure.</value>
    public required double Level { get; init; }

    /// <value>Share of all parameters that is gone.</value>
    public required Spread Sparsity { get; init; }

    /// <value>Share of the prunable weights that is gone (unstructured only).</value>
    public required Spread PrunableSparsity { get; init; }

    /// <value>The metric on the training examples that were drawn.</value>
    public required Spread Train { get; init; }

    /// <value>The metric on the validation examples (dev).</value>
    public required Spread Validation { get; init; }

    /// <value>The metric on the test examples.</value>
    public required Spread Test { get; init; }

    /// <value>Parameters that are not zero.</value>
    public required Spread Remaining { get; init; }

    /// <value>Parameters that the network holds (the sliced count).</value>
    public required Spread Parameters { get; init; }

    /// <value>Parameters by the paper's own count.</value>
    public required Spread PaperParameters { get; init; }

    /// <value>Billions of operations that the engine runs for a sequence of mean length.</value>
    public required Spread GflopExecuted { get; init; }

    /// <value>Those of a plain implementation, which runs every layer for every token.</value>
    public required Spread GflopFull { get; init; }

    /// <value>Measured milliseconds of one example of median length.</value>
    public required Spread LatencyMilliseconds { get; init; }
}

/// <summary>Metric and cost against sparsity for one method, over several seeds.</summary>
/// <param name="Task">The task.</param>
/// <param name="Metric">Its metric.</param>
/// <param name="Method">The method with its switches.</param>
/// <param name="Seeds">Networks, each trained with another seed.</param>
/// <param name="Points">By growing level.</param>
public sealed record PruningCurve(string Task, string Metric, string Method, int Seeds, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>Name of a curve's file in its folder.</summary>
    public const string FileName = "curve.json";

    /// <summary>Puts the runs of one method together, point by point.</summary>
    /// <param name="metric">The task's metric.</param>
    /// <param name="runs">One finished run a seed, of the same method and levels.</param>
    /// <exception cref="ArgumentException">The runs are of different methods, tasks or levels.</exception>
    public static PruningCurve Of(string metric, IReadOnlyList<FrontReport> runs)
    {
        if (runs.Count == 0 || runs.Select(run => (run.Configuration.Task, run.Configuration.Method, run.Trials.Count)).Distinct().Count() > 1)
        {
            throw new ArgumentException("A curve is of at least one run, all of one task, one method and as many networks.", nameof(runs));
        }

        RunConfiguration configuration = runs[0].Configuration;
        return new PruningCurve(configuration.Task, metric, configuration.Method, runs.Count, [.. Enumerable.Range(0, runs[0].Trials.Count).Select(PointAt)]);

        CurvePoint PointAt(int index)
        {
            Spread Detail(string name) => Spread.Of(runs.Select(run => PruningRun.Detail(run.Trials[index], name)));
            return new CurvePoint
            {
                Level = PruningRun.Detail(runs[0].Trials[index], "level"),
                Sparsity = Detail(PruningRun.Sparsity),
                PrunableSparsity = Detail("prunable_sparsity"),
                Train = Detail("train_score"),
                Validation = Detail("validation_score"),
                Test = Detail("test_score"),
                Remaining = Spread.Of(runs.Select(run => run.Value(run.Trials[index], "parameters"))),
                Parameters = Spread.Of(runs.Select(run => (double)run.Trials[index].Parameters)),
                PaperParameters = Spread.Of(runs.Select(run => (double)run.Trials[index].PaperParameters)),
                GflopExecuted = Detail("gflop_executed"),
                GflopFull = Detail("gflop_full"),
                LatencyMilliseconds = Spread.Of(runs.Select(run => run.Value(run.Trials[index], "latency"))),
            };
        }
    }

    /// <summary>Whether the method prunes single weights, so that there are two shares of them: of the prunable ones, and of all.</summary>
    [JsonIgnore]
    public bool IsOfSingleWeights => Points.Any(point => point.PrunableSparsity.Mean is not null);

    /// <summary>A share in percent for people, with its deviation where there are several seeds.</summary>
    public string Percent(Spread share) => share.Mean is not { } mean ? "undefined"
        : Seeds > 1 ? string.Create(CultureInfo.InvariantCulture, $"{100 * mean:0.0} ± {100 * share.Deviation:0.0} %")
        : string.Create(CultureInfo.InvariantCulture, $"{100 * mean:0.0} %");

    /// <summary>Writes <c>curve.csv</c>, <c>curve.json</c>, <c>curve.svg</c> and <c>cost.svg</c>; of single weights also <c>curve-prunable.svg</c>, against the share of the prunable ones.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "curve.csv"), ToCsv());
        File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, CurveJson.Default.PruningCurve) + "\n");
        File.WriteAllText(Path.Combine(folder, "curve.svg"), ScoreChart().ToSvg());
        File.WriteAllText(Path.Combine(folder, "cost.svg"), CostChart().ToSvg());
        if (IsOfSingleWeights)
        {
            File.WriteAllText(Path.Combine(folder, "curve-prunable.svg"), PrunableChart().ToSvg());
        }
    }

    /// <summary>Metric against sparsity on training, validation and test examples, with a band of one standard deviation where there are several seeds.</summary>
    public LineChart ScoreChart() => ScoreChart("Parameters removed", point => point.Sparsity);

    /// <summary>The same against the share of the prunable weights, where the method prunes single weights.</summary>
    public LineChart PrunableChart() => ScoreChart("Prunable weights removed", point => point.PrunableSparsity);

    private LineChart ScoreChart(string axis, Func<CurvePoint, Spread> along) => new()
    {
        Title = $"{Task}: {Metric} against sparsity, {Method}",
        Description = $"The metric of pruned networks on three parts of the task {Task}, mean and standard deviation over {Seeds} seeds.",
        X = new Axis(axis, "%") { Min = 0 },
        Y = new Axis($"{char.ToUpperInvariant(Metric[0])}{Metric[1..]}", "%"),
        Series = [Line("Train", along, point => point.Train), Line("Validation", along, point => point.Validation), Line("Test", along, point => point.Test)],
    };

    /// <summary>What is left of latency and operations, in percent of the whole network's, against sparsity.</summary>
    public LineChart CostChart() => new()
    {
        Title = $"{Task}: cost against sparsity, {Method}",
        Description = "Measured latency of one example and operations that the engine runs, in percent of the whole network's.",
        X = new Axis("Parameters removed", "%") { Min = 0 },
        Y = new Axis("Of the whole network's", "%") { Min = 0 },
        Series =
        [
            Line("Latency", point => point.Sparsity, point => OfFirst(point, p => p.LatencyMilliseconds)),
            Line("Operations", point => point.Sparsity, point => OfFirst(point, p => p.GflopExecuted)),
        ],
    };

    private static double Percent(double? share) => 100 * share ?? double.NaN;

    private Spread OfFirst(CurvePoint point, Func<CurvePoint, Spread> figure)
    {
        double whole = figure(Points[0]).Mean ?? double.NaN;
        return new Spread(figure(point).Mean / whole, figure(point).Deviation / whole);
    }

    private Series Line(string name, Func<CurvePoint, Spread> along, Func<CurvePoint, Spread> figure)
    {
        (double X, Spread Y)[] points = [.. Points.Select(point => (Percent(along(point).Mean), figure(point)))];
        return new Series(name, [.. points.Select(point => new ChartPoint(point.X, Percent(point.Y.Mean)))])
        {
            Band = Seeds < 2 ? [] : [.. points.Select(point => new BandPoint(point.X, Percent(point.Y.Mean - point.Y.Deviation), Percent(point.Y.Mean + point.Y.Deviation)))],
        };
    }

    private string ToCsv()
    {
        (string Name, Func<CurvePoint, Spread> Figure)[] columns =
        [
            ("sparsity", point => point.Sparsity), ("prunable_sparsity", point => point.PrunableSparsity), ("train", point => point.Train),
            ("validation", point => point.Validation), ("test", point => point.Test), ("remaining_parameters", point => point.Remaining),
            ("sliced_parameters", point => point.Parameters), ("paper_parameters", point => point.PaperParameters),
            ("gflop_executed", point => point.GflopExecuted), ("gflop_full", point => point.GflopFull), ("latency_ms", point => point.LatencyMilliseconds),
        ];
        var csv = new StringBuilder("method,seeds,level").AppendJoin("", columns.Select(column => $",{column.Name},{column.Name}_deviation")).Append('\n');
        foreach (CurvePoint point in Points)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{Method},{Seeds},{point.Level:R}");
            foreach ((_, Func<CurvePoint, Spread> figure) in columns)
            {
                Spread spread = figure(point);
                csv.Append(spread.Mean is { } mean ? string.Create(CultureInfo.InvariantCulture, $",{mean:R},{spread.Deviation:R}") : ",,");
            }

            csv.Append('\n');
        }

        return csv.ToString();
    }
}

/// <summary>JSON of curves, indented for readers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(PruningCurve))]
internal sealed partial class CurveJson : JsonSerializerContext;
