using System.Collections.Concurrent;

namespace Endpoints.Pruning;

/// <summary>Things of one kind that a user chooses by name: search spaces, search methods, objectives, fine-tuning strategies.</summary>
/// <remarks>
/// A class adds itself from a module initializer of its own, which runs before any other code of its assembly. So a new one is a new file and nothing
/// else, and neither reflection nor a central list is needed. Thread-safe.
/// </remarks>
/// <typeparam name="TContext">What making one needs.</typeparam>
/// <typeparam name="T">What is made.</typeparam>
public sealed class Catalog<TContext, T>
{
    private readonly ConcurrentDictionary<string, Func<TContext, T>> _makers = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _kind;

    internal Catalog(string kind) => _kind = kind;

    /// <summary>All names, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => [.. _makers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds one.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(string name, Func<TContext, T> make)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!_makers.TryAdd(name, make))
        {
            throw new ArgumentException($"There is a {_kind} '{name}' already.", nameof(name));
        }
    }

    /// <summary>Makes the one of that name (in any case).</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that there are.</exception>
    public T Create(string name, TContext context) => _makers.TryGetValue(name, out Func<TContext, T>? make)
        ? make(context)
        : throw new ArgumentException($"There is no {_kind} '{name}': expected {string.Join(" or ", Names)}.", nameof(name));
}
