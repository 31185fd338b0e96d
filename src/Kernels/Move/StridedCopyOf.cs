using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Graft.Kernels.Move;

/// <summary>
/// A strided copy of elements of one width. The two innermost loops are a plane with a body of its own.
/// </summary>
internal sealed class StridedCopy<T> : StridedCopy where T : unmanaged, IBinaryNumber<T>
{
    /// <summary>Runs of at most this many bytes are copied here: a call costs more.</summary>
    private const int ShortRunBytes = 128;

    /// <summary>
    /// A plane is transposed in blocks whose rows are a cache line, or of this many elements: at most 4 KB of each
    /// side.
    /// </summary>
    private const int BlockEdgeMin = 16;

    /// <summary>A cache line of the usual CPUs.</summary>
    private const int BlockRowBytes = 64;

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
            { _run: { Source: -1, Target: 1 } } when HasLanes => Plane.Reversed,
            { _run: { Source: 2, Target: 1 } } when HasLanes => Plane.EverySecond,
            _ => Plane.Elements,
        };
    }

    private enum Plane
    {
        Runs,
        Fills,
        Transposed,
        Reversed,
        EverySecond,
        Elements,
    }

    private static bool HasLanes => Vector128<T>.IsSupported;

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
                    var run = to.Slice((int)(t + r * _rows.Target), length);
                    from.Slice((int)(s + r * _rows.Source), length).CopyTo(run);
                }
                break;
            case Plane.Runs:
                ShortRuns(ref Unsafe.As<T, byte>(ref source), ref Unsafe.As<T, byte>(ref target), rows, (nint)length * Unsafe.SizeOf<T>());
                break;
            case Plane.Fills:
                for (int r = 0; r < rows; r++)
                {
                    T value = Unsafe.Add(ref source, (nint)(r * _rows.Source));
                    to.Slice((int)(t + r * _rows.Target), length).Fill(value);
                }
                break;
            case Plane.Transposed:
                Transpose(ref source, ref target, rows, length);
                break;
            case Plane.Reversed:
                for (int r = 0; r < rows; r++)
                    StridedRuns.Reverse(ref Unsafe.Add(ref source, (nint)(r * _rows.Source)), ref Unsafe.Add(ref target, (nint)(r * _rows.Target)), length);
                break;
            case Plane.EverySecond:
                for (int r = 0; r < rows; r++)
                    StridedRuns.EverySecond(ref Unsafe.Add(ref source, (nint)(r * _rows.Source)), ref Unsafe.Add(ref target, (nint)(r * _rows.Target)), length);
                break;
            default:
                Elements(ref source, ref target, rows, length);
                break;
        }
    }

    // In bounds: as in RunPlane; pieces end where the run does, and none is read after it was written.
    [MethodImpl(Jit.Loop)]
    private void ShortRuns(ref byte source, ref byte target, int rows, nint bytes)
    {
        nint sourceStep = (nint)_rows.Source * Unsafe.SizeOf<T>(), targetStep = (nint)_rows.Target * Unsafe.SizeOf<T>();
        for (int r = 0; r < rows; r++)
        {
            nint at = 0;
            for (; at + 16 <= bytes; at += 16) Piece<Vector128<byte>>(ref source, ref target, at);
            if ((bytes & sizeof(ulong)) != 0) at = Piece<ulong>(ref source, ref target, at);
            if ((bytes & sizeof(uint)) != 0) at = Piece<uint>(ref source, ref target, at);
            if ((bytes & sizeof(ushort)) != 0) at = Piece<ushort>(ref source, ref target, at);
            if ((bytes & sizeof(byte)) != 0) Piece<byte>(ref source, ref target, at);
            source = ref Unsafe.Add(ref source, sourceStep);
            target = ref Unsafe.Add(ref target, targetStep);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Piece<P>(ref byte source, ref byte target, nint at) where P : unmanaged
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, at), Unsafe.ReadUnaligned<P>(ref Unsafe.Add(ref source, at)));
        return at + Unsafe.SizeOf<P>();
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
        int blockEdge = Math.Max(BlockEdgeMin, BlockRowBytes / Unsafe.SizeOf<T>());
        // Rows of one square read each line once, whatever the length.
        int blockColumns = rows < TransposeTile.Edge<T>() ? length : blockEdge;
        nint readable = rows + (length - 1) * (nint)_run.Source;
        for (int r0 = 0; r0 < rows; r0 += blockEdge)
        {
            int rowEnd = Math.Min(r0 + blockEdge, rows);
            for (int c0 = 0; c0 < length; c0 += blockColumns)
            {
                TransposeBlock(ref source, ref target, r0, rowEnd, c0, Math.Min(c0 + blockColumns, length), readable);
            }
        }
    }

    // In bounds: as in Transpose.
    private void TransposeBlock(ref T source, ref T target, int rowBegin, int rowEnd, int columnBegin, int columnEnd, nint readable)
    {
        nint sourceStep = (nint)_run.Source, targetStep = (nint)_rows.Target;
        int edge = TransposeTile.Edge<T>(), r = rowBegin;
        for (; r + edge <= rowEnd && edge > 1; r += edge)
        {
            int c = columnBegin;
            for (; c + edge <= columnEnd; c += edge)
            {
                TransposeTile.Run(ref Unsafe.Add(ref source, r + c * sourceStep), sourceStep,
                    ref Unsafe.Add(ref target, r * targetStep + c), targetStep);
            }
            for (int i = r; c < columnEnd && i < r + edge; i++) Gather(ref source, ref target, i, c, columnEnd);
        }
        if (rowEnd - r > 1 && edge > 1) columnBegin = FewRows(ref source, ref target, r, rowEnd - r, columnBegin, columnEnd, readable);
        for (; r < rowEnd; r++) Gather(ref source, ref target, r, columnBegin, columnEnd);
    }

    // Whole squares of which some rows are not wanted; returns the column where they end. In bounds: what is read lies below the plane's end.
    [MethodImpl(Jit.Loop)]
    private int FewRows(ref T source, ref T target, int row, int rows, int column, int columnEnd, nint readable)
    {
        nint sourceStep = (nint)_run.Source, targetStep = (nint)_rows.Target;
        int edge = TransposeTile.Edge<T>();
        Span<T> squares = stackalloc T[edge * edge];
        ref T square = ref MemoryMarshal.GetReference(squares);
        for (; column + edge <= columnEnd && row + edge + (column + edge - 1) * sourceStep <= readable && sourceStep > 0; column += edge)
        {
            TransposeTile.Run(ref Unsafe.Add(ref source, row + column * sourceStep), sourceStep, ref square, edge);
            for (int i = 0; i < rows; i++) TransposeTile.CopyRow(ref Unsafe.Add(ref square, i * edge), ref Unsafe.Add(ref target, (row + i) * targetStep + column));
        }
        return column;
    }

    // In bounds: as in Transpose.
    private void Gather(ref T source, ref T target, int row, int begin, int end)
    {
        nint sourceStep = (nint)_run.Source;
        ref T from = ref Unsafe.Add(ref source, row);
        ref T to = ref Unsafe.Add(ref target, (nint)(row * _rows.Target));
        for (int c = begin; c < end; c++) Unsafe.Add(ref to, c) = Unsafe.Add(ref from, c * sourceStep);
    }
}
