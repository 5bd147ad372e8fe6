namespace Endpoints.Bert.Checkpoints;

/// <summary>
/// A checkpoint's weights in float32. An engine packs them in a form of its own and reads them no more, so whoever serves a model lets them go; should they be
/// asked for again, to cut heads out of the middle or to pack them in another precision, they are read again from where they came from.
/// </summary>
public sealed class CheckpointWeights
{
    private readonly Lock _lock = new();
    private readonly Func<BertParameters>? _read;
    private readonly WeakReference<BertParameters> _seen;
    private BertParameters? _held;

    /// <summary>Weights that are held.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="read">Reads the very same weights again; null: they are nowhere else, and are never let go.</param>
    internal CheckpointWeights(BertParameters parameters, Func<BertParameters>? read = null) => (_held, _seen, _read) = (parameters, new(parameters), read);

    /// <summary>The weights, read again where they were let go.</summary>
    /// <exception cref="CheckpointException">They cannot be read any more, or have changed since.</exception>
    public BertParameters Value
    {
        get
        {
            lock (_lock)
            {
                BertParameters? parameters = _held;
                if (parameters is null && !_seen.TryGetTarget(out parameters))
                {
                    parameters = _read!();
                    _seen.SetTarget(parameters);
                }

                return parameters;
            }
        }
    }

    /// <summary>Keeps them no longer than somebody else does, where they can be read again.</summary>
    public void LetGo()
    {
        lock (_lock)
        {
            _held = _read is null ? _held : null;
        }
    }
}
