namespace Endpoints.Bert.Training;

/// <summary>A learning rate that rises linearly from 0 to its base over the warm-up steps, then falls linearly to 0 at the end.</summary>
/// <remarks>Step k counts from 0, so with warm-up the first step has rate 0 and only moves the optimiser's moments.</remarks>
public sealed class LinearSchedule
{
    private readonly float _baseRate;
    private readonly int _warmUpSteps;
    private readonly int _totalSteps;

    /// <summary>A schedule over a known number of steps.</summary>
    /// <param name="baseRate">The highest rate; positive.</param>
    /// <param name="warmUpSteps">Steps of the rise; 0 starts at the base rate.</param>
    /// <param name="totalSteps">All steps, warm-up included; at least 1 and more than the warm-up's.</param>
    public LinearSchedule(float baseRate, int warmUpSteps, int totalSteps)
    {
        if (!(baseRate > 0 && float.IsFinite(baseRate)))
        {
            throw new ArgumentOutOfRangeException(nameof(baseRate), baseRate, "The learning rate must be a positive number.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(warmUpSteps, totalSteps);
        (_baseRate, _warmUpSteps, _totalSteps) = (baseRate, warmUpSteps, totalSteps);
    }

    /// <summary>The rate of step <paramref name="step"/> (from 0); 0 from the last step's successor on.</summary>
    public float Rate(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        double factor = step < _warmUpSteps
            ? step / (double)_warmUpSteps
            : Math.Max(0, _totalSteps - step) / (double)(_totalSteps - _warmUpSteps);
        return (float)(_baseRate * factor);
    }
}
