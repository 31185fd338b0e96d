using System.CommandLine;
using System.CommandLine.Invocation;
using Graft.Safetensors;

namespace Graft.Cli;

/// <summary>
/// Makes a command of a function, with <c>--json</c>, cancellation and the same treatment of errors for all.
/// </summary>
internal static class Verb
{
    private static readonly Option<bool> s_json =
        new("--json") { Description = "Print one JSON object instead of text." };

    /// <param name="symbols">Arguments and options, in the order of the help.</param>
    /// <param name="body">Returns the exit code.</param>
    public static Command Create(string name, string description, Symbol[] symbols, Func<Invocation, int> body)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((Option)symbol);
        }
        command.Add(s_json);
        // On another thread, so that Ctrl-C is seen while the command computes.
        command.SetAction((parsed, cancellation) => Task.Run(
            () => Guard(new(parsed, parsed.GetValue(s_json), cancellation), body), CancellationToken.None));
        return command;
    }

    private static int Guard(Invocation invocation, Func<Invocation, int> body)
    {
        try
        {
            return body(invocation);
        }
        catch (OperationCanceledException)
        {
            invocation.Error.WriteLine("cancelled");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (Classify(e) is { } code)
        {
            invocation.Error.WriteLine($"graft {invocation.Name}: {e.Message}");
            return code;
        }
    }

    /// <summary>
    /// The exit code of an error that the user can do something about; null for a defect of this program.
    /// </summary>
    private static int? Classify(Exception e) => e switch
    {
        ModelFormatException or UnsupportedModelException or OperatorException or AdapterException or SafetensorsException =>
            ExitCode.Failure,
        ArgumentOutOfRangeException or ArgumentNullException => null,
        ArgumentException or IOException or UnauthorizedAccessException => ExitCode.Usage,
        _ => null,
    };
}
