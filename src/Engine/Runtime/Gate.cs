namespace Graft.Runtime;

/// <summary>
/// Who works on the step that is under way: a number of helpers, and a bit that says whether more may come. What they read about the step
/// is written before the gate opens, and not again before it is closed and empty.
/// </summary>
internal static class Gate
{
    public const int Open = 1 << 30;

    /// <summary>Counts the caller in unless the gate is closed, or as many are inside as may be.</summary>
    public static bool TryEnter(ref int gate, ref readonly int insideMax)
    {
        int seen = Volatile.Read(ref gate);
        while ((seen & Open) != 0 && (seen & ~Open) < Volatile.Read(in insideMax))
        {
            int before = Interlocked.CompareExchange(ref gate, seen + 1, seen);
            if (before == seen) return true;
            seen = before;
        }
        return false;
    }

    public static void Leave(ref int gate) => Interlocked.Decrement(ref gate);
}
