using System.CommandLine;
using System.Text.Json;
using Endpoints.Bert.Tokenization;
using Endpoints.Cli.Pull;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints tokenize</c>: JSON lines of texts to JSON lines of token ids.</summary>
internal static class TokenizeCommand
{
    public static Command Create(CliHost host)
    {
        var model = SharedOptions.Model("Checkpoint, or a folder with only the tokenizer's files.");
        var command = new Command("tokenize", "Read {\"text\",\"pair\",\"max_length\"} lines on standard input, write {\"ids\",\"type_ids\"} lines.") { model };
        command.SetAction((result, cancellationToken) =>
        {
            ITokenizer tokenizer = TokenizerFolder.Load(ModelLocation.Find(host, result.GetValue(model)!));
            int number = 0;
            while (!cancellationToken.IsCancellationRequested && JsonLines.Take(host.Input, ref number, 256, LineJson.Default.TokenizeLine) is { Count: > 0 } lines)
            {
                foreach ((int line, TokenizeLine value) in lines)
                {
                    string text = value.Text ?? throw new InvalidDataException($"Line {line} has no \"text\": expected {{\"text\": \"...\", \"pair\": \"...\" or null, \"max_length\": 128 or null}}.");
                    Encoding encoding = tokenizer.Encode(text, value.Pair, value.MaxLength);
                    host.Output.WriteLine(JsonSerializer.Serialize(new TokenizedLine(encoding.Ids, encoding.TypeIds), LineJson.Default.TokenizedLine));
                }

                host.Output.Flush();
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
