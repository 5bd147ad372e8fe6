using System.Text;
using Endpoints.LoadTest.Targets;

namespace Endpoints.LoadTest.Users;

/// <summary>A pair as it goes over the wire, made once and sent many times.</summary>
/// <param name="Body">The JSON body.</param>
/// <param name="Label">The right answer in UTF-8; null when it is not known.</param>
internal sealed record Question(byte[] Body, byte[]? Label)
{
    public static Question From(LoadPair pair, RequestForm form) => new(form.Write(pair), pair.Label is null ? null : Encoding.UTF8.GetBytes(pair.Label));
}
