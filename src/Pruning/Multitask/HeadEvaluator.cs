using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Multitask;

/// <summary>How good one head is over a set of examples.</summary>
/// <param name="Head">The head.</param>
/// <param name="Examples">Number of examples.</param>
/// <param name="Metric">Name of the metric that counts.</param>
/// <param name="Score">That metric; NaN where it is undefined.</param>
/// <param name="Loss">The mean loss.</param>
/// <param name="Further">Other metrics by name.</param>
/// <param name="Trivial">The metric of always answering the most frequent label, or the mean value; NaN where that is undefined, as a correlation with a constant is.</param>
public sealed record HeadScore(string Head, int Examples, string Metric, double Score, double Loss, IReadOnlyDictionary<string, double> Further, double Trivial);

/// <summary>Loss and metrics of sub-networks on one task's examples, whose batches are made once: examples of similar length, up to a token budget, never padded.</summary>
/// <remarks>This is what pruning curves ask of a multitask network: <see cref="Loss"/> and <see cref="Score"/> of a sub-network on a set. Runs on the engine's first lane.</remarks>
public sealed class HeadEvaluator
{
    private readonly MultitaskTask _task;
    private readonly HeadExamples _examples;
    private readonly (TokenBatch Tokens, int[] Rows)[] _batches;

    /// <summary>Makes the batches.</summary>
    /// <param name="task">The task, whose metrics are measured.</param>
    /// <param name="examples">Its examples.</param>
    /// <param name="tokenBudget">Most tokens in a batch; a longer example is a batch of its own. Default 2,048.</param>
    public HeadEvaluator(MultitaskTask task, HeadExamples examples, int tokenBudget = 2048)
    {
        (_task, _examples) = (task, examples);
        _batches = [.. MakeBatches(examples, tokenBudget)];
    }

    /// <summary>The mean loss of a sub-network.</summary>
    public double Loss(MultitaskNetwork network, SubNetwork subNetwork, CancellationToken cancellationToken = default) => LossOf(Outputs(network, subNetwork, cancellationToken));

    /// <summary>The metric that counts, of a sub-network; NaN where it is undefined.</summary>
    public double Score(MultitaskNetwork network, SubNetwork subNetwork, CancellationToken cancellationToken = default) =>
        _task.Definition.Metric.Score(Predictions(Outputs(network, subNetwork, cancellationToken)), _examples.Targets);

    /// <summary>Loss and every metric of a sub-network, from one run over the examples.</summary>
    /// <exception cref="InvalidDataException">The sub-network computes something that is not a number.</exception>
    public HeadScore Evaluate(MultitaskNetwork network, SubNetwork subNetwork, CancellationToken cancellationToken = default)
    {
        float[] outputs = Outputs(network, subNetwork, cancellationToken);
        float[] predictions = Predictions(outputs);
        IMetric metric = _task.Definition.Metric;
        return new HeadScore(
            _task.Head.Name,
            _examples.Count,
            metric.Name,
            metric.Score(predictions, _examples.Targets),
            LossOf(outputs),
            _task.FurtherMetrics.ToDictionary(further => further.Name, further => further.Score(predictions, _examples.Targets)),
            metric.Score(TrivialPredictions(), _examples.Targets));
    }

    /// <summary>The outputs of every example, in the examples' own order.</summary>
    private float[] Outputs(MultitaskNetwork network, SubNetwork subNetwork, CancellationToken cancellationToken)
    {
        HeadRunner runner = network.CreateRunner(subNetwork, _task.Head.Name, lane: 0);
        int width = _task.Head.OutputsPerExample;
        var outputs = new float[_examples.Count * width];
        var buffer = new float[_batches.Max(batch => batch.Rows.Length) * width];
        foreach ((TokenBatch tokens, int[] rows) in _batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            runner.Run(tokens, buffer.AsSpan(0, rows.Length * width));
            for (int i = 0; i < rows.Length; i++)
            {
                buffer.AsSpan(i * width, width).CopyTo(outputs.AsSpan(rows[i] * width));
            }
        }

        int bad = Array.FindIndex(outputs, output => !float.IsFinite(output));
        return bad < 0 ? outputs : throw new InvalidDataException(
            $"The head '{_task.Head.Name}' of {subNetwork} computes {outputs[bad]} for example {bad / width}: its weights are not usable. Did training diverge?");
    }

    private double LossOf(float[] outputs) =>
        _examples.CreateLoss(Enumerable.Range(0, _examples.Count)).Compute(outputs, _task.Head.OutputsPerExample, new float[outputs.Length]);

    private float[] Predictions(float[] outputs)
    {
        int width = _task.Head.OutputsPerExample;
        return [.. Enumerable.Range(0, _examples.Count).Select(i => _task.Head.Predict(outputs.AsSpan(i * width, width)))];
    }

    private float[] TrivialPredictions()
    {
        float[] targets = _examples.Targets.ToArray();
        float answer = _task.Head.ProblemType == ProblemType.Regression
            ? targets.Average()
            : targets.GroupBy(target => target).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).First().Key;
        return [.. Enumerable.Repeat(answer, targets.Length)];
    }

    private static IEnumerable<(TokenBatch Tokens, int[] Rows)> MakeBatches(HeadExamples examples, int tokenBudget)
    {
        int[] order = [.. Enumerable.Range(0, examples.Count).OrderByDescending(examples.Length)];
        for (int start = 0; start < order.Length;)
        {
            var batch = new TokenBatch();
            int end = start;
            while (end < order.Length && (end == start || batch.TokenCount + examples.Length(order[end]) <= tokenBudget))
            {
                examples.AddTo(batch, order[end++]);
            }

            yield return (batch, order[start..end]);
            start = end;
        }
    }
}
