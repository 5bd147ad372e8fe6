using System.Text;
using System.Text.Json;

namespace Endpoints.LoadTest.Targets;

/// <summary>What is posted to a target, and where in its answer the label stands.</summary>
/// <param name="Name">Its name, as <c>--protocol</c> takes it.</param>
/// <param name="Body">
/// JSON with <c>{{premise}}</c> and <c>{{hypothesis}}</c> where the texts go; they are put in as JSON strings, quotes included.
/// </param>
/// <param name="Answer">Path of the label in the answer's JSON, such as <c>label</c> or <c>outputs[0].data[0]</c>.</param>
public sealed record RequestForm(string Name, string Body, string Answer)
{
    private const string OnlyLabel = "\"outputs\":[{\"name\":\"label\"}]";
    private const string LabelAndScores = "\"outputs\":[{\"name\":\"label\"},{\"name\":\"scores\"}]";

    private const string Premise = "{{premise}}";
    private const string Hypothesis = "{{hypothesis}}";

    /// <summary>Path of the scores in the answer's JSON; null when it is not known.</summary>
    public string? Scores { get; init; }

    /// <summary>This project's own routes.</summary>
    public static RequestForm Pairs { get; } = new("pairs", $$$"""{"premise":{{{Premise}}},"hypothesis":{{{Hypothesis}}}}""", "label") { Scores = "scores" };

    /// <summary>SageMaker-style routes, <c>/endpoints/NAME/invocations</c> or <c>/invocations</c>.</summary>
    public static RequestForm SageMaker { get; } = Pairs with { Name = "sagemaker" };

    /// <summary>Open Inference Protocol, <c>/v2/models/NAME/infer</c>.</summary>
    public static RequestForm OpenInference { get; } = new(
        "v2",
        $$$"""{"inputs":[{"name":"premise","shape":[1],"datatype":"BYTES","data":[{{{Premise}}}]},{"name":"hypothesis","shape":[1],"datatype":"BYTES","data":[{{{Hypothesis}}}]}],{{{OnlyLabel}}}}""",
        "outputs[0].data[0]")
    {
        Scores = "outputs[1].data",
    };

    /// <summary>Text Embeddings Inference, <c>/predict</c>: a pair is answered with its labels, the likeliest first.</summary>
    public static RequestForm TextEmbeddings { get; } = new("tei", $$$"""{"inputs":[[{{{Premise}}},{{{Hypothesis}}}]]}""", "[0][0].label") { Scores = "[0]" };

    /// <summary>All forms with a name.</summary>
    public static IReadOnlyList<RequestForm> Known { get; } = [Pairs, SageMaker, OpenInference, TextEmbeddings];

    /// <summary>The form with a name.</summary>
    /// <exception cref="LoadTestException">There is none.</exception>
    public static RequestForm Named(string name) => Known.FirstOrDefault(form => form.Name == name)
        ?? throw new LoadTestException($"'{name}' is not a protocol: expected {string.Join(", ", Known.Select(form => form.Name))}, or a body of your own.");

    /// <summary>The form that a URL's path tells.</summary>
    public static RequestForm For(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        string path = url.AbsolutePath;
        return path.EndsWith("/invocations", StringComparison.Ordinal) ? SageMaker
            : path.StartsWith("/v2/models/", StringComparison.Ordinal) && path.EndsWith("/infer", StringComparison.Ordinal) ? OpenInference
            : path.EndsWith("/predict", StringComparison.Ordinal) ? TextEmbeddings
            : Pairs;
    }

    /// <summary>A form of one's own.</summary>
    /// <param name="body">JSON with marks where the texts go.</param>
    /// <param name="answer">Where the label stands in answers.</param>
    /// <param name="name">What errors call the body, such as its file.</param>
    /// <exception cref="LoadTestException">The body is not JSON once texts are put in, or takes no text.</exception>
    public static RequestForm Custom(string body, string answer, string name = "body template")
    {
        ArgumentNullException.ThrowIfNull(body);
        var form = new RequestForm("template", body.Trim(), answer);
        if (!body.Contains(Premise, StringComparison.Ordinal) && !body.Contains(Hypothesis, StringComparison.Ordinal))
        {
            throw new LoadTestException($"The {name} holds neither {Premise} nor {Hypothesis}: write them where the texts go, without quotes.");
        }

        try
        {
            using var document = JsonDocument.Parse(form.Write(new LoadPair("a", "b")));
            return form;
        }
        catch (JsonException exception)
        {
            throw new LoadTestException(
                $"The {name} is not JSON once texts are put in: {exception.Message} Write {Premise} and {Hypothesis} without quotes around them.", exception);
        }
    }

    /// <summary>The form whose answers have the scores too, where they have to be asked for.</summary>
    internal RequestForm AskingScores() => this with { Body = Body.Replace(OnlyLabel, LabelAndScores, StringComparison.Ordinal) };

    internal byte[] Write(LoadPair pair) => Encoding.UTF8.GetBytes(Fill(Body, (Premise, pair.Premise), (Hypothesis, pair.Hypothesis)));

    /// <summary>Puts texts in, from left to right, so that a text that looks like a placeholder is left alone.</summary>
    private static string Fill(string body, params (string Mark, string Text)[] texts)
    {
        var filled = new StringBuilder();
        int at = 0;
        while (at < body.Length)
        {
            int from = at;
            (string mark, string text) = texts.MinBy(each => body.IndexOf(each.Mark, from, StringComparison.Ordinal) is >= 0 and int found ? found : int.MaxValue);
            int next = body.IndexOf(mark, at, StringComparison.Ordinal);
            if (next < 0)
            {
                break;
            }

            filled.Append(body, at, next - at).Append('"').Append(JsonEncodedText.Encode(text)).Append('"');
            at = next + mark.Length;
        }

        return filled.Append(body, at, body.Length - at).ToString();
    }
}
