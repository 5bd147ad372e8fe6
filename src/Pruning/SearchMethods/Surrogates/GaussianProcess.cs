using Endpoints.Pruning.Algebra;

namespace Endpoints.Pruning.SearchMethods.Surrogates;

/// <summary>
/// What is known of a function after some noisy observations of it, as a Gaussian process with a Matérn 5/2 kernel and a constant mean. Inputs are expected in 0..1,
/// targets of any scale: they are standardised inside.
/// </summary>
/// <remarks>Parameters maximise the marginal likelihood, climbed from several starts by sign-based steps (iRprop⁻), inside bounds that keep K well conditioned.</remarks>
internal sealed class GaussianProcess
{
    private const int Climb = 40;
    private const double LeastLogLength = -3;   // 0.05 of an input's range
    private const double MostLogLength = 3;     // 20 ranges: an input that does not matter
    private const double LeastLogSignal = -3;
    private const double MostLogSignal = 3;
    private const double LeastLogNoise = -13.8; // 1e-6 of the targets' variance
    private const double MostLogNoise = 0;

    private readonly double[][] _inputs;
    private readonly MaternKernel _kernel;
    private readonly Cholesky _factor;
    private readonly double[] _weights;
    private readonly double _mean;
    private readonly double _scale;

    private GaussianProcess(double[][] inputs, double[] logParameters, Cholesky factor, double[] standardised, double mean, double scale)
    {
        (_inputs, LogParameters, _kernel, _factor, _mean, _scale) = (inputs, logParameters, new MaternKernel(logParameters), factor, mean, scale);
        _weights = factor.Solve(standardised);
    }

    /// <summary>The fitted parameters, in the kernel's order.</summary>
    public double[] LogParameters { get; }

    /// <summary>Fits parameters and conditions on the observations; null where no positive definite K was found.</summary>
    /// <param name="inputs">[observation][input], 0 to 1.</param>
    /// <param name="targets">One for each.</param>
    /// <param name="random">Draws the starts after the first.</param>
    /// <param name="starts">Number of starts.</param>
    public static GaussianProcess? Fit(double[][] inputs, double[] targets, Random random, int starts = 3)
    {
        (double[] standardised, double mean, double scale) = Standardise(targets);
        var likelihood = new MarginalLikelihood(inputs, standardised);
        double best = double.NegativeInfinity;
        double[]? parameters = null;
        for (int start = 0; start < starts; start++)
        {
            double[] from = [
                .. Enumerable.Range(0, inputs[0].Length).Select(_ => start == 0 ? Math.Log(0.5) : LeastLogLength + 2 + (3 * random.NextDouble())),
                0,
                start == 0 ? Math.Log(0.01) : Math.Log(1e-4) + (random.NextDouble() * Math.Log(1e3))];
            if (Maximise(likelihood, from) is { } found && found.Value > best)
            {
                (best, parameters) = found;
            }
        }

        return parameters is null ? null : Condition(inputs, standardised, parameters, mean, scale);
    }

    /// <summary>The same parameters with more observations: what is believed of points that are still being evaluated, for example.</summary>
    public GaussianProcess? With(double[][] inputs, double[] targets) =>
        Condition(inputs, [.. targets.Select(target => (target - _mean) / _scale)], LogParameters, _mean, _scale);

    /// <summary>Mean and standard deviation of the function (without observation noise) at a point.</summary>
    public (double Mean, double Deviation) Predict(double[] input)
    {
        double[] covariance = new double[_inputs.Length];
        for (int i = 0; i < covariance.Length; i++)
        {
            covariance[i] = _kernel.Of(input, _inputs[i]);
        }

        double mean = Cholesky.Dot(covariance, _weights, 0, covariance.Length);
        _factor.SolveLower(covariance);
        double variance = _kernel.Signal - Cholesky.Dot(covariance, covariance, 0, covariance.Length);
        return (_mean + (_scale * mean), _scale * Math.Sqrt(Math.Max(0, variance)));
    }

    private static (double[] Standardised, double Mean, double Scale) Standardise(double[] targets)
    {
        double mean = targets.Average();
        double deviation = Math.Sqrt(targets.Average(target => (target - mean) * (target - mean)));
        double scale = deviation > 0 ? deviation : 1;
        return ([.. targets.Select(target => (target - mean) / scale)], mean, scale);
    }

    private static GaussianProcess? Condition(double[][] inputs, double[] standardised, double[] logParameters, double mean, double scale)
    {
        var kernel = new MaternKernel(logParameters);
        double[][] covariance = [.. inputs.Select((input, i) => inputs.Select((other, j) => j < i ? kernel.Of(input, other) : j == i ? kernel.Signal + kernel.Noise : 0).ToArray())];
        return Cholesky.Factor(covariance) is { } factor ? new GaussianProcess(inputs, logParameters, factor, standardised, mean, scale) : null;
    }

    /// <summary>Climbs: each parameter has a step of its own, longer while its slope keeps its sign and shorter when that changes.</summary>
    private static (double Value, double[] Parameters)? Maximise(MarginalLikelihood likelihood, double[] parameters)
    {
        (double Value, double[] Parameters)? best = null;
        double[] steps = [.. Enumerable.Repeat(0.3, parameters.Length)];
        double[] before = new double[parameters.Length];
        for (int iteration = 0; iteration < Climb && steps.Any(step => step > 0.01); iteration++)
        {
            if (likelihood.Evaluate(parameters) is not { } found)
            {
                return best;
            }

            if (best is null || found.Value > best.Value.Value)
            {
                best = (found.Value, [.. parameters]);
            }

            for (int i = 0; i < parameters.Length; i++)
            {
                double turn = before[i] * found.Gradient[i];
                steps[i] = Math.Clamp(steps[i] * (turn > 0 ? 1.2 : turn < 0 ? 0.5 : 1), 1e-3, 1);
                before[i] = turn < 0 ? 0 : found.Gradient[i];
                parameters[i] = Math.Clamp(parameters[i] + (Math.Sign(before[i]) * steps[i]), Least(i), Most(i));
            }
        }

        return best;

        double Least(int i) => i < parameters.Length - 2 ? LeastLogLength : i == parameters.Length - 2 ? LeastLogSignal : LeastLogNoise;

        double Most(int i) => i < parameters.Length - 2 ? MostLogLength : i == parameters.Length - 2 ? MostLogSignal : MostLogNoise;
    }
}
