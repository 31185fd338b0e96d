namespace Graft.Kernels.Move;

/// <summary>
/// Copies a box of elements between two layouts: target[t0 + sum(i_a * target_a)] = source[s0 + sum(i_a * source_a)]
/// for all i_a in [0, length_a). Slices, pads, transposes, reversals, repetitions and fills are such boxes. Axes are
/// collapsed when the copy is made, and short contiguous runs become one wider element. Source and target may be one
/// span where no element is read after it was written.
/// </summary>
internal abstract class StridedCopy
{
    private readonly long _sourceEnd;
    private readonly long _targetEnd;

    protected StridedCopy(CopyAxis[] axes, long source, long target)
    {
        Axes = axes;
        SourceStart = source;
        TargetStart = target;
        Cost = 1;
        foreach (var axis in axes) Cost *= axis.Length;
        if (Cost == 0) return;
        _sourceEnd = Reach(source, axes, static a => a.Source);
        _targetEnd = Reach(target, axes, static a => a.Target);
    }

    /// <summary>Independent units: the outermost loop. 0 when there is nothing to copy.</summary>
    public int Units => Cost == 0 ? 0 : Axes[0].Length;

    /// <summary>Elements moved by all units.</summary>
    public long Cost { get; }

    /// <summary>
    /// True when the copy moves one contiguous run to the same offset: nothing to do when both sides are the same
    /// memory.
    /// </summary>
    public bool IsWhole =>
        Axes.Length == 1 && Axes[0] is { Source: 1, Target: 1 } && SourceStart == 0 && TargetStart == 0;

    /// <summary>The loops, outermost first; always at least one.</summary>
    protected CopyAxis[] Axes { get; }

    protected long SourceStart { get; }

    protected long TargetStart { get; }

    /// <summary>Prepares a copy of elements of <paramref name="width"/> bytes (1, 2, 4, 8 or 16).</summary>
    /// <param name="axes">Outermost first; in the order of the target where that matters for speed.</param>
    /// <exception cref="ArgumentException">An offset before the start of either side.</exception>
    public static StridedCopy Create(int width, ReadOnlySpan<CopyAxis> axes, long source = 0, long target = 0)
    {
        var loops = CopyAxes.Collapse(axes);
        int widening = CopyAxes.Widening(loops, width, source, target);
        if (widening > 1)
        {
            for (int i = 0; i < loops.Count; i++)
            {
                loops[i] = loops[i] with { Source = loops[i].Source / widening, Target = loops[i].Target / widening };
            }
            loops.RemoveAt(loops.Count - 1);
            if (loops.Count == 0) loops.Add(new(1, 1, 1));
        }
        CopyAxes.BringContiguousSourceInward(loops);
        CopyAxis[] final = [.. loops];
        return (width * widening) switch
        {
            1 => new StridedCopy<byte>(final, source / widening, target / widening),
            2 => new StridedCopy<ushort>(final, source / widening, target / widening),
            4 => new StridedCopy<uint>(final, source / widening, target / widening),
            8 => new StridedCopy<ulong>(final, source / widening, target / widening),
            16 => new StridedCopy<UInt128>(final, source / widening, target / widening),
            _ => throw new ArgumentException($"elements of {width} bytes cannot be copied (possible: 1, 2, 4, 8, 16)"),
        };
    }

    /// <summary>Copies units [begin, end).</summary>
    /// <exception cref="ArgumentException">A span is too short for the box.</exception>
    public abstract void Run(ReadOnlySpan<byte> source, Span<byte> target, int begin, int end);

    public void Run(ReadOnlySpan<byte> source, Span<byte> target) => Run(source, target, 0, Units);

    protected void CheckSpans(int source, int target)
    {
        Elementwise.Lengths.MustReach(_sourceEnd, source);
        Elementwise.Lengths.MustReach(_targetEnd, target);
    }

    private static long Reach(long start, CopyAxis[] axes, Func<CopyAxis, long> stride)
    {
        long low = start, high = start;
        foreach (var axis in axes)
        {
            long span = checked((axis.Length - 1) * stride(axis));
            low += Math.Min(span, 0);
            high += Math.Max(span, 0);
        }
        if (low < 0) throw new ArgumentException($"a strided copy would begin {-low} elements before its span");
        return high + 1;
    }
}
