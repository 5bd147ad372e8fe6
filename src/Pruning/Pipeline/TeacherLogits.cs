using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>A fixed teacher's logits of the training examples, computed once, without dropout.</summary>
internal static class TeacherLogits
{
    /// <exception cref="TaskException">The teacher answers another question than the student.</exception>
    public static float[] Of(
        TaskDefinition definition,
        IReadOnlyList<Example> examples,
        LabelledEncodings ofStudent,
        Checkpoint student,
        Checkpoint teacher,
        int maxLength,
        CpuEngine engine,
        CancellationToken cancellationToken)
    {
        if (!teacher.Config.Labels.SequenceEqual(student.Config.Labels) || teacher.Config.ProblemType != student.Config.ProblemType)
        {
            throw new TaskException(
                $"The teacher has the labels {string.Join(", ", teacher.Config.Labels)} and the model {string.Join(", ", student.Config.Labels)}: expected the same in the same order.");
        }

        // A teacher may have a vocabulary of its own; one that shares the student's is spared the second tokenization.
        LabelledEncodings encodings = ReferenceEquals(teacher.Tokenizer, student.Tokenizer) ? ofStudent : TaskEncodings.Encode(definition, examples, teacher, maxLength);
        return new Evaluator(encodings, definition.Metric, lanes: engine.LaneCount)
            .Logits(engine.Load(teacher.Parameters), SubNetwork.Full(teacher.Config), cancellationToken);
    }
}
