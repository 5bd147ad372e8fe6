using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Compute.Threads;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Importance;

namespace Endpoints.Pruning.Baselines;

/// <summary>A tuned network.</summary>
/// <param name="Weights">In the shape of the student's config, factors folded into W_O and W₂.</param>
/// <param name="ErrorBefore">Sum of the blocks' squared errors before each was tuned, those below being tuned already.</param>
/// <param name="ErrorAfter">The same after.</param>
internal sealed record TunedNetwork(BertParameters Weights, double ErrorBefore, double ErrorAfter);

/// <summary>
/// Phase 3 of retraining-free pruning: from the bottom up, what is kept of each block is scaled so that its sum comes near to that of a teacher, the less
/// pruned network, each running on its own hidden states. Where only first tokens matter, only they are fitted.
/// </summary>
internal sealed class ScaleTuning(BertParameters parameters, LabelledEncodings examples, int batchSize, ThreadTeam team)
{
    private readonly TokenBatch[] _batches = [.. TrainingSample.Batches(examples, batchSize).Select(batch => batch.Batch)];

    public TunedNetwork Tune(SubNetwork teacher, SubNetwork student, CancellationToken cancellationToken)
    {
        BertParameters teacherWeights = SubNetworkExtractor.Extract(parameters, teacher), weights = SubNetworkExtractor.Extract(parameters, student);
        using var probe = new BlockProbe(parameters.Config, team);
        float[][] taught = [.. _batches.Select(batch => probe.Embed(parameters, batch))];
        float[][] hidden = [.. taught];
        int last = LastLayer(student);
        (double before, double after) = (0, 0);
        for (int layer = 0, next = 0, nextTeacher = 0; layer <= last; layer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LayerParameters? source = teacher.Layers[layer].IsEmpty ? null : teacherWeights.Layers[nextTeacher++];
            LayerParameters? target = student.Layers[layer].IsEmpty ? null : weights.Layers[next++];
            foreach (BlockPair pair in (BlockPair[])[
                new AttentionPair(probe, _batches, source?.Attention, target?.Attention, FirstTokensOnly: layer == last),
                new FeedForwardPair(probe, source?.FeedForward, target?.FeedForward)])
            {
                ScaleSolution? solution = Fit(pair, ref taught, ref hidden);
                before += solution?.ErrorBefore ?? 0;
                after += solution?.ErrorAfter ?? 0;
            }
        }

        return new TunedNetwork(weights, before, after);
    }

    /// <summary>Fits one block and takes both networks' hidden states through it.</summary>
    private ScaleSolution? Fit(BlockPair pair, ref float[][] taught, ref float[][] hidden)
    {
        (float[][] teacherInputs, float[][] inputs) = (pair.Rows(taught), pair.Rows(hidden));
        ScaleSolution? solution = null;
        float[][] teacherOutputs = teacherInputs;
        if (pair.HasTeacher && pair.Projection is { } projection)
        {
            teacherOutputs = new float[taught.Length][];
            using var fit = new ScaleFit(team, projection, pair.Width(parameters.Config));
            int i = 0;
            foreach ((BlockActivations teacher, BlockActivations student) in pair.RunTeacher(taught).Zip(pair.RunStudent(hidden)))
            {
                fit.Add(student, teacher.Sum);
                teacherOutputs[i++] = teacher.Output;
            }

            solution = fit.Solve();
            Fold(projection, solution.Scales);
        }
        else if (pair.HasTeacher)
        {
            teacherOutputs = [.. pair.RunTeacher(taught).Select(run => run.Output)];
        }

        hidden = pair.Projection is null ? inputs : [.. pair.RunStudent(hidden).Select(run => run.Output)];
        taught = teacherOutputs;
        return solution;
    }

    /// <summary>Multiplies the projection's input columns.</summary>
    private static void Fold(LinearParameters projection, double[] scales)
    {
        int width = projection.Inputs / scales.Length;
        for (int i = 0; i < projection.Weight.Length; i++)
        {
            projection.Weight[i] = (float)(projection.Weight[i] * scales[i % projection.Inputs / width]);
        }
    }

    private static int LastLayer(SubNetwork student)
    {
        int last = student.Layers.Length - 1;
        while (last >= 0 && student.Layers[last].IsEmpty)
        {
            last--;
        }

        return last;
    }

    /// <summary>The same block of teacher and student; either may be absent, which is the identity.</summary>
    private abstract record BlockPair(LinearParameters? Projection, bool HasTeacher)
    {
        public abstract int Width(BertConfig config);

        /// <summary>The rows that come out where the block is the identity.</summary>
        public abstract float[][] Rows(float[][] hidden);

        public abstract IEnumerable<BlockActivations> RunTeacher(float[][] hidden);

        public abstract IEnumerable<BlockActivations> RunStudent(float[][] hidden);
    }

    private sealed record AttentionPair(BlockProbe Probe, TokenBatch[] Batches, AttentionParameters? Teacher, AttentionParameters? Student, bool FirstTokensOnly)
        : BlockPair(Student?.Output, Teacher is not null)
    {
        public override int Width(BertConfig config) => config.HeadSize;

        public override float[][] Rows(float[][] hidden) => FirstTokensOnly ? [.. Batches.Zip(hidden, BlockProbe.FirstTokens)] : hidden;

        public override IEnumerable<BlockActivations> RunTeacher(float[][] hidden) => Probe.Attention(Teacher!, Batches.Zip(hidden), FirstTokensOnly);

        public override IEnumerable<BlockActivations> RunStudent(float[][] hidden) => Probe.Attention(Student!, Batches.Zip(hidden), FirstTokensOnly);
    }

    private sealed record FeedForwardPair(BlockProbe Probe, FeedForwardParameters? Teacher, FeedForwardParameters? Student)
        : BlockPair(Student?.Down, Teacher is not null)
    {
        public override int Width(BertConfig config) => 1;

        public override float[][] Rows(float[][] hidden) => hidden;

        public override IEnumerable<BlockActivations> RunTeacher(float[][] hidden) => Probe.FeedForward(Teacher!, hidden);

        public override IEnumerable<BlockActivations> RunStudent(float[][] hidden) => Probe.FeedForward(Student!, hidden);
    }
}
