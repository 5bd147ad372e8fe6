using System.CommandLine;
using System.Globalization;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Planning;
using Endpoints.LoadTest.Results;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints plan</c>: from a load test to the cheapest deployment.</summary>
internal static class PlanCommand
{
    public static Command Create(CliHost host)
    {
        var folder = new Argument<string>("folder") { Description = "Output folder of a load test." };
        var rate = new Option<double>("--rate") { Description = "Requests a second to answer.", Required = true };
        var price = new Option<double>("--price") { Description = "Price of a machine for an hour, in any currency.", Required = true };
        var slo = new Option<string[]>("--slo") { Description = "The promise, for example \"p95<200ms\"; without one: no throttling.", DefaultValueFactory = _ => [] };
        var accuracy = new Option<double?>("--min-accuracy") { Description = "Share of right answers to reach on average, such as 0.9." };
        var headroom = new Option<double>("--headroom") { Description = "Share of each machine's capacity to keep free.", DefaultValueFactory = _ => 0.3 };
        var json = SharedOptions.Json();
        var command = new Command("plan", "Work out from a load test the cheapest endpoints and number of machines that meet a rate and a promise.")
        {
            folder, rate, price, slo, accuracy, headroom, json,
        };
        command.SetAction(result =>
        {
            Condition[] promise = [.. result.GetValue(slo)!.SelectMany(text => text.Split(',')).Select(Condition.Parse)];
            DeploymentPlan plan = DeploymentPlanner.Plan(
                LoadTestResult.Read(result.GetValue(folder)!),
                new PlanGoal(result.GetValue(rate), promise, result.GetValue(price)) { MinAccuracy = result.GetValue(accuracy), Headroom = result.GetValue(headroom) });
            host.Output.WriteLine(result.GetValue(json) ? plan.ToJson() : Text(plan));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Text(DeploymentPlan plan) => string.Join('\n',
    [
        Line($"{plan.Rate:#,0.##} requests/s{string.Concat(plan.Promise.Select(condition => ", " + condition))}, {100 * plan.Headroom:0.#} % of each machine kept free:"),
        Line($"{Cost(plan.Machines, plan.PricePerHour)}, {plan.PricePerMillion:0.000} a million answers{Right(plan.Accuracy)}."),
        .. plan.Parts.Select(part => Line(
            $"  {part.Endpoint}: {part.Replicas} x, {100 * part.Share:0.#} % of requests, {part.RatePerReplica:#,0.#}/s each (the most in the test: {part.MaxRatePerReplica:#,0.#}/s, p95 {part.P95Ms:0.##} ms), MaxConcurrency {part.MaxConcurrency}")),
        .. plan.Alone.Count < 2 ? [] : new[] { "With one endpoint alone:" },
        .. plan.Alone.Count < 2 ? [] : plan.Alone.Select(alone =>
            $"  {alone.Endpoint}: {(alone.Machines is { } machines ? Cost(machines, alone.PricePerHour!.Value) + Right(alone.Accuracy) + (alone.Problem is { } why ? "; " + why : "") : alone.Problem)}"),
    ]);

    private static string Cost(int machines, double price) => Line($"{machines:#,0} {(machines == 1 ? "machine" : "machines")}, {price:#,0.00} an hour");

    private static string Right(double? accuracy) => accuracy is { } share ? Line($", {100 * share:0.0} % right") : "";

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
