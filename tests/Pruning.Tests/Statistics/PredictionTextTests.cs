using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Tests.Statistics;

public sealed class PredictionTextTests
{
    [Theory]
    [InlineData(new[] { 0f, 1, 255, 3 }, "b:")]
    [InlineData(new[] { 0.5f, -1, 3e20f }, "f:")]
    [InlineData(new[] { 0f, 256 }, "f:")]
    [InlineData(new[] { float.NaN }, "f:")]
    public void Decode_WhatEncodeGave_IsTheSame(float[] predictions, string form)
    {
        string text = PredictionText.Encode(predictions);
        Assert.StartsWith(form, text, StringComparison.Ordinal);
        Assert.Equal(predictions, PredictionText.Decode(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x:AAAA")]
    [InlineData("b:!!")]
    [InlineData("f:AAA=")]
    public void Decode_Nonsense_Throws(string text) => Assert.Throws<InvalidDataException>(() => PredictionText.Decode(text));
}
