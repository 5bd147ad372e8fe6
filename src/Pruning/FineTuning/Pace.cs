namespace Endpoints.Pruning.FineTuning;

/// <summary>Counts steps, examples and tokens of a fine-tuning, and says how fast it goes and how long it will take.</summary>
internal sealed class Pace
{
    private readonly TimeProvider _time;
    private readonly int _epochs;
    private long _examples;
    private TimeSpan _training;
    private TimeSpan _validating;
    private int _validations;

    public Pace(int examples, FineTuningOptions options, TimeProvider time)
    {
        (_time, _epochs) = (time, options.Epochs);
        TotalSteps = checked(options.Epochs * ((examples + options.BatchSize - 1) / options.BatchSize));

        // At least one step keeps a rate above 0, however short the run.
        WarmUpSteps = Math.Min((int)Math.Ceiling(options.WarmUp * TotalSteps), TotalSteps - 1);
    }

    public int TotalSteps { get; }

    public int WarmUpSteps { get; }

    public int Steps { get; private set; }

    public long Tokens { get; private set; }

    public double TrainingSeconds => _training.TotalSeconds;

    public double ExamplesPerSecond => Rate(_examples);

    public double TokensPerSecond => Rate(Tokens);

    public void Add(int examples, int tokens, TimeSpan elapsed)
    {
        Steps++;
        _examples += examples;
        Tokens += tokens;
        _training += elapsed;
    }

    public double TimeValidation(Func<double> validate)
    {
        long start = _time.GetTimestamp();
        double score = validate();
        _validating += _time.GetElapsedTime(start);
        _validations++;
        return score;
    }

    /// <summary>Time left, supposing that steps and validations go on taking what they took so far.</summary>
    public TimeSpan Remaining(int epoch)
    {
        TimeSpan training = _training / Steps * (TotalSteps - Steps);
        return _validations == 0 ? training : training + (_validating / _validations * (_epochs - epoch + 1));
    }

    private double Rate(long count) => _training > TimeSpan.Zero ? count / _training.TotalSeconds : 0;
}
