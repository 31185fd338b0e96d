using System.CommandLine;
using Graft.Cli.Commands;

namespace Graft.Cli;

/// <summary>
/// The command line as a whole: finds the command, runs it, and turns errors into messages and exit codes.
/// </summary>
internal static class CommandLine
{
    /// <summary>Every command, in the order of the help.</summary>
    private static readonly Func<Command>[] s_commands =
    [
        InfoCommand.Create, RunCommand.Create, CheckCommand.Create, BenchCommand.Create, ExplainCommand.Create,
        CompareCommand.Create, AdapterCommand.Create, GenerateCommand.Create, DemoCommand.Create,
    ];

    /// <summary>
    /// Runs one command. Results go to <paramref name="output"/>, everything else to <paramref name="error"/>.
    /// </summary>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static async Task<int> Run(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Runs .tflite models in pure .NET, and tells what is in them.");
        foreach (var create in s_commands) root.Add(create());
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors) await error.WriteLineAsync(problem.Message);
            await error.WriteLineAsync($"See: graft {string.Join(' ', CommandNames(parsed).Append("--help"))}");
            return ExitCode.Usage;
        }
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
        });
    }

    private static IEnumerable<string> CommandNames(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? [] : [parsed.CommandResult.Command.Name];
}
