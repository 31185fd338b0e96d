using System.Diagnostics;

namespace Graft.Tests;

/// <summary>Loads and runs files that may be broken, and holds the engine to what it may do with them.</summary>
internal static class Hostile
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Tensors beyond this take long to compute because their file wants them, which proves nothing.</summary>
    private const long WorthRunning = 1 << 26;

    private static readonly Type[] s_allowed = [typeof(ModelFormatException), typeof(UnsupportedModelException), typeof(OperatorException), typeof(ArgumentException)];

    /// <summary>What came of a file: null when it ran, an error of the engine, or anything else, which is a fault.</summary>
    internal readonly record struct Outcome(Exception? Error, TimeSpan Elapsed)
    {
        public string? Fault => Error is not null && !s_allowed.Contains(Error.GetType()) ? Error.ToString()
            : Elapsed > s_patience ? $"took {Elapsed.TotalSeconds:F1} s"
            : Error is OperatorException { InnerException: { } inner } && IsBug(inner) ? Error.ToString()
            : null;

        /// <summary>What only an operator that forgot a check throws.</summary>
        private static bool IsBug(Exception e) => e is NullReferenceException or IndexOutOfRangeException or InvalidOperationException
            or InvalidCastException or NotSupportedException or AccessViolationException or KeyNotFoundException;
    }

    public static Outcome Try(byte[] bytes, IReadOnlyList<CustomOperator>? operators = null)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            // What a loop that never ends is stopped by is no fault: its model said so.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            using var model = Model.Load(bytes, new() { CustomOperators = operators ?? [] });
            using var interpreter = new Interpreter(model);
            interpreter.AllocateTensors();
            for (int run = 0; run < 2 && interpreter.ArenaBytes < WorthRunning; run++)
            {
                interpreter.Invoke(patience.Token);
                foreach (var output in interpreter.Outputs) Read(output);
            }
            return new(null, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception e)
        {
            return new(e is OperationCanceledException ? null : e, Stopwatch.GetElapsedTime(start));
        }
    }

    private static void Read(Tensor output)
    {
        if (output.Type == DType.String) output.Strings();
        else output.Bytes.IndexOf((byte)1);
    }
}
