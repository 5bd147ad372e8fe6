using System.Text.Json.Nodes;
using Endpoints.Bert.Checkpoints;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.Checkpoints;

public sealed class ConfigFileTests : IDisposable
{
    private readonly CheckpointWorkshop _workshop = new();

    [Theory]
    [InlineData("model_type", "\"distilbert\"", "to be \"bert\" or \"roberta\", which is what is supported, found \"distilbert\"")]
    [InlineData("model_type", "\"xlm-roberta\"", "to be \"bert\" or \"roberta\": this one's tokenizer is SentencePiece, which is not supported, found \"xlm-roberta\"")]
    [InlineData("hidden_act", "\"gelu_new\"", "to be \"gelu\", which is what is supported, found \"gelu_new\"")]
    [InlineData("position_embedding_type", "\"relative_key\"", "to be \"absolute\", which is what is supported, found \"relative_key\"")]
    [InlineData("is_decoder", "true", "to be false, for only encoders are supported, found true")]
    [InlineData("is_decoder", "1", "to be true or false, found 1")]
    [InlineData("vocab_size", null, "to be a whole number from 1, found nothing")]
    [InlineData("vocab_size", "0", "to be a whole number from 1, found 0")]
    [InlineData("hidden_size", "\"8\"", "to be a whole number from 1, found \"8\"")]
    [InlineData("hidden_size", "8.5", "to be a whole number from 1, found 8.5")]
    [InlineData("hidden_size", "99999999999", "to be a whole number from 1, found 99999999999")]
    [InlineData("num_attention_heads", null, "to be a whole number from 1, found nothing")]
    [InlineData("num_attention_heads", "3", "to be a divisor of hidden_size 8, found 3")]
    [InlineData("num_hidden_layers", "2000000000", "to be a whole number from 0 to 1000, found 2000000000")]
    [InlineData("num_hidden_layers", null, "to be a whole number from 0 to 1000, found nothing")]
    [InlineData("intermediate_size", "0", "to be a whole number from 1, found 0")]
    [InlineData("max_position_embeddings", "null", "to be a whole number from 1, found null")]
    [InlineData("type_vocab_size", "[]", "to be a whole number from 1, found []")]
    [InlineData("layer_norm_eps", "0", "to be a number from 1E-45 to below 1, found 0")]
    [InlineData("layer_norm_eps", "\"tiny\"", "to be a number from 1E-45 to below 1, found \"tiny\"")]
    [InlineData("hidden_dropout_prob", "1", "to be a number from 0 to below 1, found 1")]
    [InlineData("attention_probs_dropout_prob", "-0.1", "to be a number from 0 to below 1, found -0.1")]
    [InlineData("pad_token_id", "9", "to be a whole number from 0 to 8, found 9")]
    [InlineData("problem_type", "\"multi_label_classification\"", "to be \"single_label_classification\" for a model of 2 label(s), found \"multi_label_classification\"")]
    [InlineData("problem_type", "\"regression\"", "to be \"single_label_classification\" for a model of 2 label(s), found \"regression\"")]
    [InlineData("num_labels", "3", "to be 2, the number of labels that are named, found 3")]
    [InlineData("id2label", "[\"no\"]", "to be an object, found [\"no\"]")]
    [InlineData("id2label", "{\"1\":\"no\",\"2\":\"yes\"}", "expected \"0\" to be the name of a label, found nothing")]
    [InlineData("id2label", "{\"0\":\"no\",\"1\":7}", "expected \"1\" to be a string, found 7")]
    [InlineData("id2label", "{\"0\":\"no\",\"1\":\"no\"}", "expected at least one label and none twice")]
    [InlineData("pruned_heads", "[1]", "to be an object, found [1]")]
    [InlineData("pruned_heads", "{\"2\":[0]}", "to be lists of heads by layer, 0 to 1, found {\"2\":[0]}")]
    [InlineData("pruned_heads", "{\"1\":[4]}", "expected \"1\" to be some of the heads 0 to 3, but not all")]
    [InlineData("pruned_heads", "{\"1\":[3,2,1,0]}", "expected \"1\" to be some of the heads 0 to 3, but not all")]
    [InlineData("pruned_heads", "{\"1\":3}", "expected \"1\" to be a list of whole numbers from 0, found 3")]
    public void Read_FieldThatCannotBe_IsRefusedByName(string field, string? json, string part)
    {
        _workshop.EditConfig((field, json));
        _workshop.AssertRefused(_workshop.ConfigPath, $"\"{field}\"", part);
    }

    [Theory]
    [InlineData("{\"no\":0,\"yes\":5}", "\"yes\" to be a whole number from 0 to 1, found 5")]
    [InlineData("{\"no\":0,\"yes\":0}", "expected at least one label and none twice")]
    [InlineData("{}", "expected at least one label and none twice")]
    public void Read_LabelIdsThatCannotBe_AreRefused(string label2id, string part)
    {
        _workshop.EditConfig(("id2label", null), ("label2id", label2id));
        _workshop.AssertRefused(_workshop.ConfigPath, "\"label2id\"", part);
    }

    [Theory]
    [InlineData("[{\"heads\":5,\"units\":1}]", "\"endpoint_layers\" 0: expected \"heads\" to be a whole number from 0 to 4, found 5")]
    [InlineData("[{\"heads\":4,\"units\":1},{\"heads\":4}]", "\"endpoint_layers\" 1: expected \"units\" to be a whole number from 0, found nothing")]
    [InlineData("[4]", "\"endpoint_layers\" to be a list of objects, found [4]")]
    [InlineData("null", "\"endpoint_layers\" to be a list of objects, found null")]
    public void Read_OwnLayersThatCannotBe_AreRefused(string layers, string part)
    {
        _workshop.EditConfig(("model_type", "\"endpoints_bert\""), ("endpoint_layers", layers));
        _workshop.AssertRefused(_workshop.ConfigPath, part);
    }

    [Fact]
    public void Read_BrokenFile_IsRefused()
    {
        File.WriteAllText(_workshop.ConfigPath, "{\"hidden_size\": 8,");
        _workshop.AssertRefused(_workshop.ConfigPath, "not valid JSON");
        File.WriteAllText(_workshop.ConfigPath, "{\"hidden_size\": 8, \"hidden_size\": 16}");
        _workshop.AssertRefused(_workshop.ConfigPath, "hidden_size");
        File.WriteAllText(_workshop.ConfigPath, "");
        _workshop.AssertRefused(_workshop.ConfigPath, "not valid JSON");
        File.Delete(_workshop.ConfigPath);
        _workshop.AssertRefused(_workshop.ConfigPath, "is missing");
    }

    [Fact]
    public void Read_AbsentFields_HaveTheMeaningOfTheFormat()
    {
        _workshop.EditConfig(
            ("model_type", null), ("hidden_act", null), ("position_embedding_type", null), ("type_vocab_size", null), ("layer_norm_eps", null),
            ("pad_token_id", "null"), ("hidden_dropout_prob", null), ("attention_probs_dropout_prob", null),
            ("problem_type", null), ("num_labels", null), ("id2label", null), ("label2id", null));
        Assert.Equal(CheckpointWorkshop.Config with { Labels = ["LABEL_0", "LABEL_1"] }, _workshop.AssertLoads().Config);
    }

    [Theory]
    [InlineData(null, "{\"yes\":1,\"no\":0}", null)]
    [InlineData("{\"1\":\"yes\",\"0\":\"no\"}", null, null)]
    [InlineData("{\"0\":\"no\",\"1\":\"yes\"}", "{\"yes\":1,\"no\":0}", "2")]
    public void Read_Labels_AreInLogitOrder(string? id2label, string? label2id, string? number)
    {
        _workshop.EditConfig(("id2label", id2label), ("label2id", label2id), ("num_labels", number));
        Assert.Equal(["no", "yes"], _workshop.Load().Config.Labels.ToArray());
    }

    [Fact]
    public void Read_OneLabel_IsARegression()
    {
        using var workshop = new CheckpointWorkshop(CheckpointWorkshop.Config with { Labels = ["score"], ProblemType = ProblemType.Regression });
        workshop.EditConfig(("problem_type", null), ("id2label", null), ("label2id", null), ("num_labels", "1"));
        BertConfig config = workshop.AssertLoads().Config;
        Assert.Equal(ProblemType.Regression, config.ProblemType);
        Assert.Equal(["LABEL_0"], config.Labels.ToArray());
    }

    [Theory]
    [InlineData(Precision.Float32, 6)]
    [InlineData(Precision.Float32, 0)]
    [InlineData(Precision.Int8, 6)]
    public void Write_MultipleChoice_NamesItsArchitectureAndReadsBack(Precision precision, int units)
    {
        BertConfig config = CheckpointWorkshop.Config with { Labels = ["choice"], ProblemType = ProblemType.MultipleChoice, Layers = [new(4, units), new(4, 6)] };
        CheckpointFolder.Save(
            _workshop.Folder, new Checkpoint { Config = config, Parameters = BertParameters.Random(config, 3), Tokenizer = new Reference.NoTokenizer(9) }, precision);
        Assert.Equal("BertForMultipleChoice", (string?)_workshop.ReadConfig()["architectures"]![0]);
        Assert.Equal(config, _workshop.Load().Config);

        // transformers takes three problem types, and multiple choice is none of them.
        Assert.False(_workshop.ReadConfig().ContainsKey("problem_type"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("{\"0\": \"LABEL_0\", \"1\": \"LABEL_1\"}", null)]
    [InlineData(null, "4")]
    public void Read_MultipleChoiceByAnotherProgram_HasOneLogitWhateverItsLabels(string? id2label, string? number)
    {
        using var workshop = new CheckpointWorkshop(CheckpointWorkshop.Config with { Labels = ["choice"], ProblemType = ProblemType.MultipleChoice });
        workshop.EditConfig(("id2label", id2label), ("label2id", null), ("num_labels", number));
        BertConfig config = workshop.AssertLoads().Config;
        Assert.Equal(ProblemType.MultipleChoice, config.ProblemType);
        Assert.Equal(["LABEL_0"], config.Labels.ToArray());
    }

    [Fact]
    public void Read_MultipleChoiceThatIsCalledAnotherProblem_IsRefused()
    {
        using var workshop = new CheckpointWorkshop(CheckpointWorkshop.Config with { Labels = ["choice"], ProblemType = ProblemType.MultipleChoice });
        workshop.EditConfig(("problem_type", "\"regression\""));
        workshop.AssertRefused("problem_type", "left out", "ForMultipleChoice", "regression");
    }

    [Fact]
    public void Read_PrunedHeadsByAnotherProgram_AreCountedPerLayer()
    {
        // Written by hand as transformers does after prune_heads({1: [0, 2]}): the other fields keep the sizes of the whole model.
        BertConfig pruned = CheckpointWorkshop.Config with { Layers = [new(4, 6), new(2, 6)] };
        using var workshop = new CheckpointWorkshop(pruned);
        File.WriteAllText(workshop.ConfigPath, """
            {
              "architectures": ["BertForSequenceClassification"], "model_type": "bert", "hidden_act": "gelu",
              "hidden_size": 8, "num_attention_heads": 4, "num_hidden_layers": 2, "intermediate_size": 6,
              "max_position_embeddings": 5, "type_vocab_size": 2, "vocab_size": 9, "layer_norm_eps": 1e-12,
              "id2label": {"0": "no", "1": "yes"}, "label2id": {"no": 0, "yes": 1},
              "pruned_heads": {"1": [0, 2]}, "transformers_version": "4.40.0", "use_cache": true, "classifier_dropout": null
            }
            """);
        Assert.Equal(pruned, workshop.AssertLoads().Config);
    }

    [Fact]
    public void Write_WholeModel_SpeaksTransformersOwnWords()
    {
        JsonNode expected = JsonNode.Parse("""
            {
              "model_type": "bert", "vocab_size": 9, "hidden_size": 8, "num_attention_heads": 4, "num_hidden_layers": 2,
              "architectures": ["BertForSequenceClassification"], "intermediate_size": 6, "max_position_embeddings": 5, "type_vocab_size": 2,
              "layer_norm_eps": 1E-12, "hidden_act": "gelu", "position_embedding_type": "absolute",
              "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "pad_token_id": 0,
              "problem_type": "single_label_classification", "num_labels": 2,
              "id2label": {"0": "no", "1": "yes"}, "label2id": {"no": 0, "yes": 1}, "torch_dtype": "float32"
            }
            """)!;
        Assert.Equal(expected.ToJsonString(), _workshop.ReadConfig().ToJsonString());
    }

    [Fact]
    public void Write_HeadsPrunedPerLayer_SaysWhichAreGone()
    {
        using var workshop = new CheckpointWorkshop(CheckpointWorkshop.Config with { Layers = [new(4, 3), new(1, 3)] });
        JsonObject config = workshop.ReadConfig();
        Assert.Equal("bert", (string?)config["model_type"]);
        Assert.Equal(4, (int?)config["num_attention_heads"]);
        Assert.Equal(3, (int?)config["intermediate_size"]);
        Assert.Equal("""{"1":[1,2,3]}""", config["pruned_heads"]!.ToJsonString());
        Assert.False(config.ContainsKey("endpoint_layers"));
    }

    [Theory]
    [InlineData(4, 6, 4, 5)]
    [InlineData(4, 6, 4, 0)]
    [InlineData(3, 6, 0, 6)]
    [InlineData(1, 0, 2, 0)]
    public void Write_LayersThatTransformersCannotExpress_HasATypeThatItRefuses(int firstHeads, int firstUnits, int heads, int units)
    {
        BertConfig config = CheckpointWorkshop.Config with { Layers = [new(firstHeads, firstUnits), new(heads, units)] };
        using var workshop = new CheckpointWorkshop(config);
        JsonObject written = workshop.ReadConfig();
        Assert.Equal("endpoints_bert", (string?)written["model_type"]);
        Assert.Equal($$"""[{"heads":{{firstHeads}},"units":{{firstUnits}}},{"heads":{{heads}},"units":{{units}}}]""", written["endpoint_layers"]!.ToJsonString());
        Assert.False(written.ContainsKey("intermediate_size") || written.ContainsKey("architectures"));
        Assert.Equal(config, workshop.AssertLoads().Config);
    }

    [Fact]
    public void Write_NoLayers_IsABertWithoutLayers()
    {
        BertConfig config = CheckpointWorkshop.Config with { Layers = [] };
        Checkpoint checkpoint = new()
        {
            Config = config,
            Parameters = BertParameters.Random(config, 3),
            Tokenizer = new Reference.NoTokenizer(9),
        };
        CheckpointFolder.Save(_workshop.Folder, checkpoint);
        Assert.Equal("bert", (string?)_workshop.ReadConfig()["model_type"]);
        Assert.Equal(config, _workshop.Load().Config);
    }

    [Fact]
    public void Write_ConfigThatTheFileCannotSay_IsRefusedAndNothingWritten()
    {
        string folder = Path.Combine(_workshop.Root, "other");
        BertConfig[] impossible =
        [
            CheckpointWorkshop.Config with { HeadSize = 3, Layers = [new(2, 6)] },
            CheckpointWorkshop.Config with { Labels = ["no", "no"] },
            CheckpointWorkshop.Config with { ProblemType = ProblemType.Regression },
            CheckpointWorkshop.Config with { HiddenDropout = 1.5f },
        ];
        foreach (BertConfig config in impossible)
        {
            Checkpoint checkpoint = new() { Config = config, Parameters = BertParameters.Random(config, 3), Tokenizer = new Reference.NoTokenizer(9) };
            Assert.StartsWith(
                "This config cannot be expressed as config.json",
                Assert.Throws<ArgumentException>(() => CheckpointFolder.Save(folder, checkpoint)).Message,
                StringComparison.Ordinal);
            Assert.Equal([_workshop.Folder], Directory.GetFileSystemEntries(_workshop.Root));
        }
    }

    public void Dispose() => _workshop.Dispose();
}
