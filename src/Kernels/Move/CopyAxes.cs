namespace Graft.Kernels.Move;

/// <summary>Brings the loops of a strided copy into the form that runs fastest.</summary>
internal static class CopyAxes
{
    /// <summary>Bytes of the widest element that runs are turned into.</summary>
    private const int WidthMax = 16;

    /// <summary>Drops loops of length 1 and joins neighbours that continue each other on both sides.</summary>
    public static List<CopyAxis> Collapse(ReadOnlySpan<CopyAxis> axes)
    {
        var loops = new List<CopyAxis>();
        foreach (var axis in axes)
        {
            if (axis.Length == 1) continue;
            if (loops.Count > 0 && Continues(loops[^1], axis))
            {
                loops[^1] = axis with { Length = checked(axis.Length * loops[^1].Length) };
            }
            else loops.Add(axis);
        }
        if (loops.Count == 0) loops.Add(new(1, 1, 1));
        return loops;
    }

    /// <summary>
    /// How many elements of the innermost run make one wider element, so that the run becomes a single one; else 1.
    /// </summary>
    public static int Widening(List<CopyAxis> loops, int width, long source, long target)
    {
        var run = loops[^1];
        long bytes = (long)run.Length * width;
        if (run.Length < 2 || run.Source != 1 || run.Target != 1 || bytes > WidthMax || !long.IsPow2(bytes)) return 1;
        if (source % run.Length != 0 || target % run.Length != 0) return 1;
        for (int i = 0; i < loops.Count - 1; i++)
        {
            if (loops[i].Source % run.Length != 0 || loops[i].Target % run.Length != 0) return 1;
        }
        return run.Length;
    }

    /// <summary>
    /// When the innermost loop writes a run but reads with a stride, the loop that reads a run comes next to it: a
    /// plane to transpose.
    /// </summary>
    public static void BringContiguousSourceInward(List<CopyAxis> loops)
    {
        if (loops.Count < 3 || loops[^1].Target != 1 || loops[^1].Source is 0 or 1) return;
        int at = loops.FindIndex(a => a.Source == 1);
        if (at < 0) return;
        var loop = loops[at];
        loops.RemoveAt(at);
        loops.Insert(loops.Count - 1, loop);
    }

    private static bool Continues(CopyAxis outer, CopyAxis inner) =>
        outer.Source == inner.Source * inner.Length && outer.Target == inner.Target * inner.Length
        && (long)outer.Length * inner.Length <= int.MaxValue;
}
