namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>How many pairs the demo's data set has in each part. Pairs come in groups of four, so each is a multiple of 4.</summary>
/// <param name="Train">Training pairs.</param>
/// <param name="Validation">Validation pairs.</param>
/// <param name="Test">Test pairs.</param>
/// <param name="Calibration">Pairs that a cascade's threshold is chosen on, and nothing else.</param>
public sealed record DemoSizes(int Train, int Validation, int Test, int Calibration)
{
    /// <summary>12,000, 1,000, 1,000 and 2,000.</summary>
    public static DemoSizes Default { get; } = new(12_000, 1_000, 1_000, 2_000);

    /// <summary>2,000, 400, 400 and 1,000: enough to see every step work, not to learn the task.</summary>
    public static DemoSizes Quick { get; } = new(2_000, 400, 400, 1_000);

    /// <summary>The parts in words.</summary>
    public override string ToString() => $"{Train} training, {Validation} validation, {Test} test and {Calibration} calibration pairs";

    internal void Validate()
    {
        foreach ((string name, int size) in new[] { (nameof(Train), Train), (nameof(Validation), Validation), (nameof(Test), Test), (nameof(Calibration), Calibration) })
        {
            if (size <= 0 || size % 4 != 0)
            {
                throw new ArgumentOutOfRangeException(name, size, $"{name} must be a positive multiple of 4.");
            }
        }
    }
}
