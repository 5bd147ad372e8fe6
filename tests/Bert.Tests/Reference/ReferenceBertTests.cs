using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Tests.Reference;

public sealed class ReferenceBertTests
{
    public static TheoryData<string> Models => GoldenModel.All;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 0.1124629160182849)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(-2, -0.9953222650189527)]
    [InlineData(3.5, 0.9999992569016276)]
    [InlineData(7, 1)]
    public void Erf_KnownPoints_MatchesToDoublePrecision(double x, double expected) =>
        Assert.True(Math.Abs(ReferenceBert.Erf(x) - expected) <= 1e-15, $"erf({x}) = {ReferenceBert.Erf(x):R}, expected {expected:R}");

    [Theory]
    [MemberData(nameof(Models))]
    public void Run_GoldenScenarios_MatchFloat64Goldens(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        Assert.Contains("base", model.Scenarios);
        foreach (string scenario in model.Scenarios)
        {
            SubNetwork subNetwork = model.SubNetwork(scenario);
            ReferenceOutput[] outputs = [.. model.Sequences.Select(sequence =>
                ReferenceBert.Run(model.Checkpoint.Parameters, subNetwork, sequence.Tokens, sequence.Types))];

            // (layers + 1, sequences, H): the first token's row after the embeddings and after each layer.
            IEnumerable<double> hiddenFirst = Enumerable.Range(0, model.Config.LayerCount + 1)
                .SelectMany(layer => outputs.SelectMany(output => Row(output.Hidden[layer], 0)));
            AssertClose(model, $"{scenario}.f64.hidden_cls", hiddenFirst);
            AssertClose(model, $"{scenario}.f64.pooled", outputs.SelectMany(output => output.Pooled));
            AssertClose(model, $"{scenario}.f64.logits", outputs.SelectMany(output => output.Logits));
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Run_GoldenSequenceOf17_MatchesEveryRow(string row)
    {
        using GoldenModel model = GoldenModel.Open(row);
        GoldenSequence sequence = model.Sequences.Single(candidate => candidate.Tokens.Length == 17);
        ReferenceOutput output = ReferenceBert.Run(model.Checkpoint.Parameters, sequence.Tokens, sequence.Types);
        AssertClose(model, "base.f64.hidden_len17", output.Hidden.SelectMany(hidden => hidden.Cast<double>()));
    }

    private static void AssertClose(GoldenModel model, string name, IEnumerable<double> actual)
    {
        double[] expected = model.Outputs.Doubles(name);
        double[] found = [.. actual];
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(found[i] - expected[i]) <= 1e-9, $"{model.Folder} {name}[{i}]: expected {expected[i]:R}, found {found[i]:R}");
        }
    }

    private static IEnumerable<double> Row(double[,] matrix, int row) => Enumerable.Range(0, matrix.GetLength(1)).Select(j => matrix[row, j]);
}
