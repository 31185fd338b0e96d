using System.CommandLine;
using Graft.Conformance;

namespace Graft.Cli.Commands;

/// <summary><c>graft check</c>: models against the reference outputs beside them.</summary>
internal static class CheckCommand
{
    private static readonly TimeSpan s_progressEvery = TimeSpan.FromSeconds(5);

    private static readonly Argument<string[]> s_paths = new("PATH")
    {
        Description = "Models, or folders with models at any depth.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string> s_kernels = Choices.Kernels(both: true);
    private static readonly Option<string?> s_allow =
        new("--allow") { Description = "A list of known differences: a Markdown table of cases and reasons, or a case and a reason a line.", HelpName = "FILE" };

    private static readonly Option<string[]> s_malformed = new("--malformed")
    {
        Description = "A folder of broken models, each of which must end in a clear error or a valid run.",
        HelpName = "DIR",
    };

    private static readonly Option<int> s_jobs = Choices.Count("--jobs", Environment.ProcessorCount,
        "Models that run at the same time.");

    public static Command Create()
    {
        var command = Verb.Create("check",
            "Runs models and compares their outputs with the .safetensors file beside each.",
            [s_paths, s_kernels, s_allow, s_malformed, s_jobs], Run);
        command.Validators.Add(result =>
        {
            bool isEmpty = result.GetValue(s_paths) is null or [] && result.GetValue(s_malformed) is null or [];
            if (isEmpty) result.AddError("check needs a PATH or --malformed DIR");
        });
        return command;
    }

    private static int Run(Invocation invocation)
    {
        string[] paths = invocation.Get(s_paths), malformed = invocation.Get(s_malformed) ?? [];
        var options = new CheckOptions
        {
            Paths = paths,
            Kernels = Choices.KernelSets(invocation.Get(s_kernels)!),
            AllowFile = invocation.Get(s_allow),
            Jobs = invocation.Get(s_jobs),
        };
        int code = ExitCode.Success;
        if (paths.Length > 0)
            code = Report(invocation, ConformanceCheck.Run(options, Progress(invocation), invocation.Cancellation));
        if (malformed.Length == 0) return code;
        var broken = ConformanceCheck.RunMalformed(options with { Paths = malformed }, Progress(invocation),
            invocation.Cancellation);
        return Math.Max(code, Report(invocation, broken));
    }

    private static int Report(Invocation invocation, CheckReport report)
    {
        if (invocation.IsJson)
        {
            using var stream = new MemoryStream();
            report.WriteJson(stream);
            invocation.Output.WriteLine(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
        }
        else report.WriteText(invocation.Output);
        return report.ExitCode;
    }

    private static Action<CheckProgress> Progress(Invocation invocation)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var next = s_progressEvery;
        return progress =>
        {
            if (clock.Elapsed < next) return;
            next = clock.Elapsed + s_progressEvery;
            invocation.Error.WriteLine(
                $"{progress.Done} of {progress.Total} models, {progress.Failed} failed; last: {progress.Last}");
        };
    }
}
