using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.StandAlone;

/// <summary>
/// Stand-alone NAS (the paper's S-NAS): each sub-network is cut from the pretrained weights and fine-tuned on its own. A trial runs epoch by epoch, so that a
/// scheduler may stop it: <see cref="Start"/>, then <see cref="StandAloneTrial.RunEpoch"/> as often as it likes, then <see cref="StandAloneTrial.Stop"/>.
/// </summary>
/// <remarks>A trial depends on the sub-network and the settings alone: it gives the same whenever and wherever it runs, so a killed one is simply run again.</remarks>
/// <param name="pretrained">The weights that every trial starts from; never changed.</param>
/// <param name="train">What is learnt from.</param>
/// <param name="validation">Scores every epoch.</param>
/// <param name="test">Scores the epoch that is best so far; null does not.</param>
/// <param name="settings">How trials are fine-tuned.</param>
/// <param name="engine">Runs validation and test.</param>
/// <param name="precision">What those run in.</param>
/// <param name="time">The clock.</param>
public sealed class StandAloneEvaluator(
    BertParameters pretrained,
    LabelledEncodings train,
    Evaluator validation,
    Evaluator? test,
    StandAloneSettings settings,
    CpuEngine engine,
    Precision precision,
    TimeProvider time)
{
    /// <summary>Most epochs of a trial.</summary>
    public int Epochs => settings.FineTuning.Epochs;

    /// <summary>Cuts a sub-network out and prepares its fine-tuning; dispose the trial to end its threads.</summary>
    public StandAloneTrial Start(SubNetwork subNetwork) =>
        new(SubNetworkExtractor.Extract(pretrained, subNetwork), train, settings, time, (network, isTest) => Score(network, isTest));

    /// <summary>Null where there is no test part.</summary>
    private EvaluationResult? Score(BertParameters network, bool isTest) =>
        (isTest ? test : validation)?.Evaluate(engine.Load(network, precision), SubNetwork.Full(network.Config));
}
