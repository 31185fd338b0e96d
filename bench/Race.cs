using System.Diagnostics;

namespace Graft.Bench;

/// <summary>Times calls in this process that take turns, so that what else the machine does meets all of them.</summary>
internal static class Race
{
    private const int Rounds = 150;

    /// <summary>About a millisecond on any machine: long against the clock's resolution, short against a time slice.</summary>
    private const double BlockSeconds = 1e-3;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(400);

    /// <summary>Nanoseconds of each call: the quickest of its blocks of calls, once the code is compiled in earnest.</summary>
    public static double[] Run(params Action[] calls)
    {
        int[] blocks = [.. calls.Select(WarmUp)];
        double[] quickest = [.. calls.Select(_ => double.MaxValue)];
        for (int round = 0; round < Rounds * calls.Length; round++)
        {
            int i = round % calls.Length;
            long begin = Stopwatch.GetTimestamp();
            for (int n = 0; n < blocks[i]; n++) calls[i]();
            quickest[i] = Math.Min(quickest[i], Stopwatch.GetElapsedTime(begin).TotalNanoseconds / blocks[i]);
        }
        return quickest;
    }

    private static int WarmUp(Action call)
    {
        long start = Stopwatch.GetTimestamp();
        int calls = 0;
        for (; Stopwatch.GetElapsedTime(start) < s_warmUp; calls++) call();
        return Math.Max(1, (int)(calls * BlockSeconds / s_warmUp.TotalSeconds));
    }
}
