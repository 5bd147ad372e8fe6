using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;

namespace Endpoints.Serving.Invoke;

/// <summary>Turns an invocation's rows into the model's input, on the request's own thread.</summary>
internal static class RowEncoder
{
    /// <summary>Encodes every row.</summary>
    /// <returns>Null, or the problem that a row is too long.</returns>
    public static Problem? Encode(ServedEndpoint endpoint, in Invocation invocation, out Encoding[] rows)
    {
        bool refuses = (invocation.OnTooLong ?? endpoint.Options.OnTooLong) == OnTooLong.Refuse;
        rows = new Encoding[invocation.Rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            InputRow row = invocation.Rows[i];
            rows[i] = row.Ids is null
                ? endpoint.Tokenizer.Encode(row.Text, row.Hypothesis, endpoint.MaxLength)
                : new Encoding(row.Ids, row.TypeIds!, Truncated: false);

            // Tokens that a client made are its own to cut.
            if ((rows[i].Truncated && refuses) || rows[i].Ids.Length > endpoint.MaxLength)
            {
                return KnownProblems.TooLong(endpoint, invocation.Form.NameOf(i));
            }
        }

        return null;
    }
}
