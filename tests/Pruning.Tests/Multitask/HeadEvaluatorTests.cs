using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Multitask;

namespace Endpoints.Pruning.Tests.Multitask;

public sealed class HeadEvaluatorTests : IDisposable
{
    private readonly ThreeTasks _files = new();
    private readonly CpuEngine _engine = new(threadsPerLane: 1);

    public void Dispose()
    {
        _engine.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void Evaluate_AnyBatches_GivesTheSameOfEveryHead()
    {
        MultitaskData data = _files.Data;
        var network = new MultitaskNetwork(_engine, _files.Start().Parameters);
        SubNetwork kept = SubNetwork.Parse("layer:01", network.Config);
        foreach (MultitaskTaskData task in data.Tasks)
        {
            HeadScore one = new HeadEvaluator(task.Task, task.Validation, tokenBudget: 1).Evaluate(network, kept);
            HeadScore many = new HeadEvaluator(task.Task, task.Validation).Evaluate(network, kept);
            Assert.Equal((one.Score, one.Loss), (many.Score, many.Loss));
            Assert.Equal(18, many.Examples);
            Assert.Equal(many.Score, new HeadEvaluator(task.Task, task.Validation).Score(network, kept));
            Assert.Equal(many.Loss, new HeadEvaluator(task.Task, task.Validation).Loss(network, kept));
            Assert.NotEqual(many.Loss, new HeadEvaluator(task.Task, task.Validation).Loss(network, SubNetwork.Full(network.Config)));
        }
    }

    /// <summary>18 examples of three moods in turn, and of pairs whose values take turns.</summary>
    [Fact]
    public void Evaluate_ConstantHeads_HaveTheScoresAndLossesWorkedOutByHand()
    {
        MultitaskParameters parameters = _files.Start().Parameters;
        foreach (TaskHead head in parameters.Heads)
        {
            Array.Clear(head.Linear.Weight);
            Array.Clear(head.Linear.Bias);
        }

        parameters.Head("mood").Linear.Bias[1] = 1;
        parameters.Head("same").Linear.Bias[0] = 2;
        parameters.Head("alike").Linear.Bias[3] = 1;
        var network = new MultitaskNetwork(_engine, parameters);
        HeadScore[] scores = [.. _files.Data.Tasks.Select(task => new HeadEvaluator(task.Task, task.Validation).Evaluate(network, SubNetwork.Full(network.Config)))];

        Assert.Equal(1 / 3.0, scores[0].Score, 1e-9);
        Assert.Equal(Math.Log(2 + Math.E) - (1 / 3.0), scores[0].Loss, 1e-5);
        Assert.Equal(1 / 3.0, scores[0].Trivial, 1e-9);
        Assert.Equal(0.5, scores[1].Score, 1e-9);
        Assert.Equal(Math.Log(1 + Math.Exp(2)) - 1, scores[1].Loss, 1e-5);
        Assert.Equal(0.5, scores[1].Trivial, 1e-9);
        Assert.True(double.IsNaN(scores[2].Score) && double.IsNaN(scores[2].Trivial));
        Assert.Equal(2.5, scores[2].Loss, 1e-5);
        Assert.True(double.IsNaN(new MultitaskScores(scores).Overall));
        Assert.Equal(5 / 12.0, new MultitaskScores(scores[..2]).Overall, 1e-9);
    }

    [Fact]
    public void Evaluate_BrokenWeights_SaysWhichHead()
    {
        MultitaskParameters parameters = _files.Start().Parameters;
        parameters.Head("same").Linear.Bias[0] = float.NaN;
        var network = new MultitaskNetwork(_engine, parameters);
        MultitaskTaskData task = _files.Data.Tasks[1];
        string message = Assert.Throws<InvalidDataException>(() => new HeadEvaluator(task.Task, task.Test).Score(network, SubNetwork.Full(network.Config))).Message;
        Assert.Contains("'same' of full computes NaN for example 0", message, StringComparison.Ordinal);
    }
}
