namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>A word of the demo's small world, with the more general word above it: poodles are dogs, dogs are animals.</summary>
/// <param name="Text">As written in a sentence; nouns are plural, verbs agree with them.</param>
/// <param name="General">The next more general word; null at the top.</param>
internal sealed record Word(string Text, Word? General = null)
{
    /// <summary>The most general word above this one: two words with different families say unrelated things.</summary>
    public Word Family => General?.Family ?? this;

    /// <summary>True when whatever this word is true of, <paramref name="other"/> is true of too.</summary>
    public bool Is(Word other) => ReferenceEquals(this, other) || (General?.Is(other) ?? false);

    public override string ToString() => Text;
}
