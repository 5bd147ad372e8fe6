namespace Endpoints.Cli.Tests;

/// <summary>A small network that learnt the generated task for an epoch, for tests that need any trained one.</summary>
internal static class DemoModel
{
    /// <summary>Writes the data's folder and the network's: two layers of two heads and 64 units.</summary>
    public static async Task<Cli.Run> TrainAsync(string data, string model, string strategy = "standard", params string[] more)
    {
        await Cli.OkAsync("data", "demo", "--quick", "--out", data);
        return await Cli.OkAsync(
            [
                "train", "--task", "demo", "--data", data, "--new", "l=2,h=32,heads=2,u=64", "--vocab", data, "--out", model, "--epochs", "1", "--batch", "32", "--lr", "1e-3",
                "--init", "0.08", "--strategy", strategy, "--max-length", "32", "--threads", "1", .. more,
            ]);
    }
}
