using Endpoints.Pruning.Studies;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Tests.Studies;

public sealed class StudyPlanTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Plan_ResolvesFoldersBesideIt()
    {
        StudyPlan plan = StudyPlan.Read(_folder.Plan);

        Assert.Equal($"table:{_folder.At("task.json")}", plan.Tasks[0].Task);
        Assert.Equal(_folder.At("vocab"), plan.Models[0].Vocabulary);
        Assert.Equal((2e-5f, 0.001f), (new StudyTraining().LearningRate, plan.Training.LearningRate));
    }

    [Theory]
    [InlineData("\"methods\": [\"random\", \"local\"]", "\"methods\": [\"randon\"]", "there is no 'randon'")]
    [InlineData("\"seeds\": [0, 1]", "\"seeds\": [1, 1]", "none twice")]
    [InlineData("\"trials\": 6", "\"trials\": 0", "at least 1 trial")]
    [InlineData("\"hidden\": 8", "\"hidden\": 7", "multiple of heads")]
    [InlineData("\"layers\": 2, ", "", "needs a checkpoint")]
    [InlineData("\"name\": \"mood\"", "\"name\": \"../mood\"", "letters, digits and hyphens")]
    [InlineData("\"trials\": 6", "\"trails\": 6", "trails")]
    [InlineData("\"strategies\": [\"full\", \"standard\"]", "\"strategies\": [\"full\", \"Full\"]", "each once")]
    public void Read_WrongPlan_SaysWhatWasExpected(string change, string with, string expected)
    {
        _folder.WritePlan(change, with);

        Assert.Contains(expected, Assert.Throws<TaskException>(() => StudyPlan.Read(_folder.Plan)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFile_SaysSo() => Assert.Contains("cannot be read", Assert.Throws<TaskException>(() => StudyPlan.Read(_folder.At("absent.json"))).Message, StringComparison.Ordinal);
}
