namespace Graft.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The model, the data or a comparison failed.</summary>
    public const int Failure = 1;

    /// <summary>The command was given wrongly: an unknown option, a file that does not exist.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C: 128 + SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}
