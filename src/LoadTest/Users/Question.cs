using System.Text;
using Endpoints.LoadTest.References;
using Endpoints.LoadTest.Targets;

namespace Endpoints.LoadTest.Users;

/// <summary>A pair as it goes over the wire, made once and sent many times.</summary>
/// <param name="Body">The JSON body.</param>
/// <param name="Label">The right answer in UTF-8; null when it is not known.</param>
internal sealed record Question(byte[] Body, byte[]? Label)
{
    /// <summary>Its place in the pairs file, from 0.</summary>
    public int Pair { get; init; }

    /// <summary>The scores that its answer should have; null when they are not checked.</summary>
    public ReferenceScores? Reference { get; init; }

    public static Question From(LoadPair pair, RequestForm form) => new(form.Write(pair), pair.Label is null ? null : Encoding.UTF8.GetBytes(pair.Label));
}
