using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Graft.Kernels.Move;

/// <summary>A strided copy of elements of one width. The two innermost loops are a plane with a body of its own.</summary>
internal sealed class StridedCopy<T> : StridedCopy where T : unmanaged
{
    /// <summary>Runs of at most this many bytes are copied element by element: a call costs more.</summary>
    private const int ShortRunBytes = 32;

    /// <summary>Edge of the blocks in which a plane is transposed: a block of 16 x 16 elements of 16 bytes fills 4 KB of each side.</summary>
    private const int BlockEdge = 16;

    private readonly CopyAxis _rows;
    private readonly CopyAxis _run;
    private readonly Plane _plane;

    public StridedCopy(CopyAxis[] axes, long source, long target) : base(axes, source, target)
    {
        _run = axes[^1];
        _rows = axes.Length > 1 ? axes[^2] : new(1, 0, 0);
        _plane = this switch
        {
            { _run: { Source: 1, Target: 1 } } => Plane.Runs,
            { _run: { Source: 0, Target: 1 } } => Plane.Fills,
            { _run.Target: 1, _rows.Source: 1 } => Plane.Transposed,
            _ => Plane.Elements,
        };
    }

    private enum Plane
    {
        Runs,
        Fills,
        Transposed,
        Elements,
    }

    public override void Run(ReadOnlySpan<byte> source, Span<byte> target, int begin, int end)
    {
        if (begin >= end) return;
        var from = MemoryMarshal.Cast<byte, T>(source);
        var to = MemoryMarshal.Cast<byte, T>(target);
        CheckSpans(from.Length, to.Length);
        long s = SourceStart + begin * Axes[0].Source, t = TargetStart + begin * Axes[0].Target;
        if (Axes.Length == 1) RunPlane(from, to, s, t, 1, end - begin);
        else if (Axes.Length == 2) RunPlane(from, to, s, t, end - begin, _run.Length);
        else RunPlanes(from, to, s, t, end - begin);
    }

    private void RunPlanes(ReadOnlySpan<T> from, Span<T> to, long s, long t, int outermost)
    {
        int last = Axes.Length - 3;
        Span<int> at = stackalloc int[last + 1];
        at.Clear();
        while (true)
        {
            RunPlane(from, to, s, t, _rows.Length, _run.Length);
            int axis = last;
            for (; axis >= 0; axis--)
            {
                int length = axis == 0 ? outermost : Axes[axis].Length;
                s += Axes[axis].Source;
                t += Axes[axis].Target;
                if (++at[axis] < length) break;
                at[axis] = 0;
                s -= length * Axes[axis].Source;
                t -= length * Axes[axis].Target;
            }
            if (axis < 0) return;
        }
    }

    // In bounds: CheckSpans compared the box's extent with both spans; all offsets below lie in the box.
    private void RunPlane(ReadOnlySpan<T> from, Span<T> to, long s, long t, int rows, int length)
    {
        ref T source = ref Unsafe.Add(ref MemoryMarshal.GetReference(from), (nint)s);
        ref T target = ref Unsafe.Add(ref MemoryMarshal.GetReference(to), (nint)t);
        switch (_plane)
        {
            case Plane.Runs when length * Unsafe.SizeOf<T>() > ShortRunBytes:
                for (int r = 0; r < rows; r++)
                {
                    from.Slice((int)(s + r * _rows.Source), length).CopyTo(to.Slice((int)(t + r * _rows.Target), length));
                }
                break;
            case Plane.Fills:
                for (int r = 0; r < rows; r++) to.Slice((int)(t + r * _rows.Target), length).Fill(Unsafe.Add(ref source, (nint)(r * _rows.Source)));
                break;
            case Plane.Transposed:
                Transpose(ref source, ref target, rows, length);
                break;
            default:
                Elements(ref source, ref target, rows, length);
                break;
        }
    }

    // In bounds: as in RunPlane.
    private void Elements(ref T source, ref T target, int rows, int length)
    {
        nint sourceStep = (nint)_run.Source, targetStep = (nint)_run.Target;
        for (int r = 0; r < rows; r++)
        {
            ref T from = ref Unsafe.Add(ref source, (nint)(r * _rows.Source));
            ref T to = ref Unsafe.Add(ref target, (nint)(r * _rows.Target));
            for (int i = 0; i < length; i++) Unsafe.Add(ref to, i * targetStep) = Unsafe.Add(ref from, i * sourceStep);
        }
    }

    // In bounds: as in RunPlane; rows read runs, columns write runs.
    private void Transpose(ref T source, ref T target, int rows, int length)
    {
        nint sourceStep = (nint)_run.Source, targetRow = (nint)_rows.Target;
        for (int r0 = 0; r0 < rows; r0 += BlockEdge)
        {
            int rowEnd = Math.Min(r0 + BlockEdge, rows);
            for (int c0 = 0; c0 < length; c0 += BlockEdge)
            {
                int columnEnd = Math.Min(c0 + BlockEdge, length);
                for (int r = r0; r < rowEnd; r++)
                {
                    ref T from = ref Unsafe.Add(ref source, r);
                    ref T to = ref Unsafe.Add(ref target, r * targetRow);
                    for (int c = c0; c < columnEnd; c++) Unsafe.Add(ref to, c) = Unsafe.Add(ref from, c * sourceStep);
                }
            }
        }
    }
}
