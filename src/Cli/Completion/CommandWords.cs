using System.CommandLine;
using System.CommandLine.Completions;

namespace Endpoints.Cli.Completion;

/// <summary>An option as a shell needs it.</summary>
/// <param name="Name">Its name, with dashes.</param>
/// <param name="Description">What it is for, in a few words.</param>
/// <param name="TakesValue">Whether a value follows it.</param>
/// <param name="Values">The values it takes, where they are known; else files are offered.</param>
internal sealed record OptionWord(string Name, string Description, bool TakesValue, IReadOnlyList<string> Values);

/// <summary>A subcommand, or a value of an argument.</summary>
internal sealed record Word(string Name, string Description);

/// <summary>What can follow a command on the command line.</summary>
/// <param name="Path">The command as a shell function builds it word by word: a space before each name, empty for <c>endpoints</c> itself.</param>
/// <param name="Words">Subcommands, and known values of arguments.</param>
/// <param name="Options">Options, those of every command among them.</param>
internal sealed record CommandWords(string Path, IReadOnlyList<Word> Words, IReadOnlyList<OptionWord> Options)
{
    private static readonly Type[] FlagTypes = [typeof(bool), typeof(bool?)];

    /// <summary>Every command under a root, the root first.</summary>
    public static IReadOnlyList<CommandWords> Of(RootCommand root) => [.. Below(root, "", [])];

    private static IEnumerable<CommandWords> Below(Command command, string path, IReadOnlyList<Option> inherited)
    {
        Option[] own = [.. command.Options.Where(option => !option.Hidden)];
        IEnumerable<Word> values = command.Arguments.SelectMany(argument => Known(argument)).Select(value => new Word(value, ""));
        yield return new CommandWords(
            path,
            [.. command.Subcommands.Where(sub => !sub.Hidden).Select(sub => new Word(sub.Name, Short(sub.Description))), .. values],
            [.. own.Concat(inherited).Select(OptionOf).DistinctBy(option => option.Name)]);
        Option[] passedOn = [.. own.Where(option => option.Recursive).Concat(inherited)];
        foreach (CommandWords below in command.Subcommands.Where(sub => !sub.Hidden).SelectMany(sub => Below(sub, $"{path} {sub.Name}", passedOn)))
        {
            yield return below;
        }
    }

    private static OptionWord OptionOf(Option option)
    {
        bool takesValue = option.Arity.MaximumNumberOfValues > 0 && !FlagTypes.Contains(option.ValueType);
        return new OptionWord(option.Name, Short(option.Description), takesValue, takesValue ? Known(option) : []);
    }

    private static string[] Known(Symbol symbol) => [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label).Where(label => label.Length > 0 && label[0] is not ('-' or '/')).Distinct()];

    /// <summary>The first sentence, or what stands before its first colon or semicolon, without what a shell would read as more than text.</summary>
    private static string Short(string? description)
    {
        string text = description ?? "";
        int end = text.AsSpan().IndexOfAny(".:;(");
        return (end > 0 ? text[..end] : text).Replace('\'', ' ').Replace('"', ' ').Trim();
    }
}
