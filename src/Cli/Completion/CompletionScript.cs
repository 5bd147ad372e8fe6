using System.Text;

namespace Endpoints.Cli.Completion;

/// <summary>The command tree as a shell's completion script. The scripts only look words up, so that a key press starts no process.</summary>
internal static class CompletionScript
{
    /// <summary>The shells there is a script for.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    /// <summary>The script of a shell.</summary>
    public static string For(string shell, IReadOnlyList<CommandWords> commands) => shell switch
    {
        "bash" => Bash(commands),
        "zsh" => Zsh(commands),
        "fish" => Fish(commands),
        _ => throw new ArgumentException($"'{shell}' is no shell with completion here: expected {string.Join(", ", Shells)}."),
    };

    private static string Bash(IReadOnlyList<CommandWords> commands)
    {
        var script = new Script("# Completion of endpoints for bash: source <(endpoints completion bash)");
        script.Line("_endpoints() {");
        script.Line("    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} at= i");
        script.Line("    for ((i = 1; i < COMP_CWORD; i++)); do");
        script.Line($"        case \"$at ${{COMP_WORDS[i]}}\" in {Paths(commands)}) at=\"$at ${{COMP_WORDS[i]}}\" ;; esac");
        script.Line("    done");
        script.Line("    case \"$at:$previous\" in");
        foreach ((string place, IReadOnlyList<string> values) in Values(commands))
        {
            script.Line($"        {place}) COMPREPLY=($(compgen -W '{string.Join(' ', values)}' -- \"$current\")); return ;;");
        }

        script.Line($"        {Files(commands)}) COMPREPLY=(); return ;;");
        script.Line("    esac");
        script.Line("    case \"$at\" in");
        foreach (CommandWords command in commands)
        {
            script.Line($"        '{command.Path}') COMPREPLY=($(compgen -W '{string.Join(' ', All(command))}' -- \"$current\")) ;;");
        }

        script.Line("    esac");
        script.Line("}");
        script.Line("complete -o default -F _endpoints endpoints");
        return script.ToString();
    }

    private static string Zsh(IReadOnlyList<CommandWords> commands)
    {
        var script = new Script("#compdef endpoints\n# Completion of endpoints for zsh, after compinit: source <(endpoints completion zsh)");
        script.Line("_endpoints() {");
        script.Line("    local at= i");
        script.Line("    for ((i = 2; i < CURRENT; i++)); do");
        script.Line($"        case \"$at ${{words[i]}}\" in ({Paths(commands)}) at=\"$at ${{words[i]}}\" ;; esac");
        script.Line("    done");
        script.Line("    case \"$at:${words[CURRENT-1]}\" in");
        foreach ((string place, IReadOnlyList<string> values) in Values(commands))
        {
            script.Line($"        ({place}) compadd -- {string.Join(' ', values)}; return ;;");
        }

        script.Line($"        ({Files(commands)}) _files; return ;;");
        script.Line("    esac");
        script.Line("    case \"$at\" in");
        foreach (CommandWords command in commands)
        {
            script.Line($"        ('{command.Path}') compadd -- {string.Join(' ', All(command))} ;;");
        }

        script.Line("    esac");
        script.Line("    [[ ${words[CURRENT]} == -* ]] || _files");
        script.Line("}");
        script.Line("compdef _endpoints endpoints");
        return script.ToString();
    }

    private static string Fish(IReadOnlyList<CommandWords> commands)
    {
        var script = new Script("# Completion of endpoints for fish: endpoints completion fish > ~/.config/fish/completions/endpoints.fish");
        script.Line("function __endpoints_at");
        script.Line("    set -l at ''");
        script.Line("    for word in (commandline -opc)[2..-1]");
        script.Line("        switch \"$at $word\"");
        script.Line($"            case {Paths(commands).Replace('|', ' ')}");
        script.Line("                set at \"$at $word\"");
        script.Line("        end");
        script.Line("    end");
        script.Line("    test \"$at\" = \"$argv[1]\"");
        script.Line("end");
        foreach (CommandWords command in commands)
        {
            string complete = $"complete -c endpoints -n \"__endpoints_at '{command.Path}'\"";
            foreach (Word word in command.Words)
            {
                script.Line($"{complete} -f -a '{word.Name}' -d '{word.Description}'");
            }

            foreach (OptionWord option in command.Options)
            {
                string values = option.Values.Count > 0 ? $" -x -a '{string.Join(' ', option.Values)}'" : option.TakesValue ? " -r" : "";
                script.Line($"{complete} -l '{option.Name.TrimStart('-')}'{values} -d '{option.Description}'");
            }
        }

        return script.ToString();
    }

    /// <summary>Every command but the root, as alternatives of a pattern.</summary>
    private static string Paths(IReadOnlyList<CommandWords> commands) => string.Join('|', commands.Where(command => command.Path.Length > 0).Select(command => $"'{command.Path}'"));

    /// <summary>The places, command and option before the cursor, where known values follow.</summary>
    private static IEnumerable<(string Place, IReadOnlyList<string> Values)> Values(IReadOnlyList<CommandWords> commands) =>
        from command in commands
        from option in command.Options
        where option.Values.Count > 0
        select ($"'{command.Path}:{option.Name}'", option.Values);

    /// <summary>The places where a value follows that nobody knows: a file, a number.</summary>
    private static string Files(IReadOnlyList<CommandWords> commands) => string.Join('|',
        from command in commands
        from option in command.Options
        where option.TakesValue && option.Values.Count == 0
        select $"'{command.Path}:{option.Name}'");

    private static IEnumerable<string> All(CommandWords command) => command.Words.Select(word => word.Name).Concat(command.Options.Select(option => option.Name));

    /// <summary>Lines that end alike on every system: a shell takes no carriage return.</summary>
    private sealed class Script(string first)
    {
        private readonly StringBuilder _text = new(first + "\n");

        public void Line(string text) => _text.Append(text).Append('\n');

        public override string ToString() => _text.ToString();
    }
}
