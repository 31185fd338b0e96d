using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>A function of two elements, written once for every width.</summary>
internal interface IBinaryFn<T> where T : unmanaged, IBinaryNumber<T>
{
    public static abstract V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T>;
}

/// <summary>The same, with attributes (bounds of a fused activation) held by the struct.</summary>
internal interface IBinaryClosure<T> where T : unmanaged, IBinaryNumber<T>
{
    public V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T>;
}

/// <summary>
/// The binary loops: output[i] = fn(a[i], b[i]), with numpy's broadcasting. The output is dense; it may be the span of
/// an operand that is not repeated.
/// </summary>
internal static class Zip
{
    public static void Apply<TFn, T>(in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T> =>
        Apply(default(Stateless<TFn, T>), shape, a, b, output);

    /// <summary>Spans of one length.</summary>
    public static void Apply<TFn, T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T> =>
        Apply(default(Stateless<TFn, T>), a, b, output);

    /// <summary>Spans of one length; the output may be one of the others.</summary>
    public static void Apply<TFn, T>(TFn fn, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        Lengths.MustMatch(a.Length, output.Length);
        Lengths.MustMatch(b.Length, output.Length);
        switch (Isa.Filled<T>(output.Length))
        {
            case VectorWidth.V512: Dense<TFn, T, V512<T>>(fn, a, b, output); break;
            case VectorWidth.V256: Dense<TFn, T, V256<T>>(fn, a, b, output); break;
            case VectorWidth.V128: Dense<TFn, T, V128<T>>(fn, a, b, output); break;
            default: Dense<TFn, T, Scalar<T>>(fn, a, b, output); break;
        }
    }

    public static void Apply<TFn, T>(
        TFn fn, in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        // Runs shorter than a vector take narrower ones.
        int length = shape.IsFlat ? int.MaxValue : shape.Length(shape.Rank - 1);
        if (Isa.Current == VectorWidth.V512 && length >= V512<T>.Count) Run<TFn, T, V512<T>>(fn, shape, a, b, output);
        else if (Isa.Current >= VectorWidth.V256 && length >= V256<T>.Count) Run<TFn, T, V256<T>>(fn, shape, a, b, output);
        else if (Isa.Current >= VectorWidth.V128) Run<TFn, T, V128<T>>(fn, shape, a, b, output);
        else Run<TFn, T, Scalar<T>>(fn, shape, a, b, output);
    }

    /// <summary>One width, chosen by the caller.</summary>
    public static void Run<TFn, T, V>(
        TFn fn, in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        if (!shape.IsFlat)
        {
            Runs<TFn, T, V>(fn, shape, a, b, output);
            return;
        }
        int length = (int)shape.Count;
        Lengths.MustReach(length, Math.Min(output.Length, Math.Min(a.Length, b.Length)));
        Dense<TFn, T, V>(fn, a[..length], b[..length], output[..length]);
    }

    [MethodImpl(Jit.Loop)]
    private static void Runs<TFn, T, V>(
        TFn fn, in BroadcastShape shape, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        Lengths.MustReach(shape.Count, output.Length);
        var walk = new BroadcastWalk(shape);
        int length = walk.Length;
        int lengthA = walk.Repeats(0) ? 1 : length;
        int lengthB = walk.Repeats(1) ? 1 : length;
        if (shape.Rank == 2 && shape.Count > 0)
        {
            int rows = shape.Length(0);
            nint stepA = shape.Stride(0, 0), stepB = shape.Stride(1, 0);
            Lengths.MustReach((rows - 1) * stepA + lengthA, a.Length);
            Lengths.MustReach((rows - 1) * stepB + lengthB, b.Length);
            output = output[..(int)shape.Count];
            if (lengthA == lengthB)
            {
                Dense<TFn, T, V>(fn, rows, stepA, stepB, a, b, output);
                return;
            }
            if (length >= V.Count)
            {
                if (lengthA == 1) Repeated<Swapped<TFn, T>, T, V>(new(fn), rows, stepB, stepA, b, a, output);
                else Repeated<TFn, T, V>(fn, rows, stepA, stepB, a, b, output);
                return;
            }
        }
        for (int start = 0; walk.Next(); start += length)
        {
            ReadOnlySpan<T> runA = a.Slice((int)walk.A, lengthA);
            ReadOnlySpan<T> runB = b.Slice((int)walk.B, lengthB);
            Span<T> to = output.Slice(start, length);
            if (lengthA == lengthB) Dense<TFn, T, V>(fn, runA, runB, to);
            else if (lengthA == 1) Map.Run<LeftBound<TFn, T>, T, V>(new(fn, runA[0]), runB, to);
            else Map.Run<RightBound<TFn, T>, T, V>(new(fn, runB[0]), runA, to);
        }
    }

    /// <summary>Spans of one length, which the caller answers for.</summary>
    internal static void Dense<TFn, T, V>(TFn fn, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T> => Dense<TFn, T, V>(fn, 1, 0, 0, a, b, output);

    /// <summary>
    /// Rows of the output, and what they come from: in each operand so many elements from row to row, for which the caller answers. Rows may be
    /// short.
    /// </summary>
    [MethodImpl(Jit.Loop)]
    private static void Dense<TFn, T, V>(TFn fn, int rows, nint stepA, nint stepB, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        ref T left = ref MemoryMarshal.GetReference(a);
        ref T right = ref MemoryMarshal.GetReference(b);
        ref T to = ref MemoryMarshal.GetReference(output);
        nuint length = (nuint)(output.Length / rows);
        nuint step = (nuint)V.Count;
        for (int row = 0; row < rows; row++)
        {
            nuint i = 0;
            // The last vector ends with the row. What it shares with the one before is read before that is written.
            V last = default;
            bool overlaps = length > step && length % step != 0;
            if (overlaps) last = fn.Apply(V.Load(ref left, length - step), V.Load(ref right, length - step));
            // In bounds: i + 2 * step <= length, which a row of all three has.
            for (; i + (2 * step) <= length; i += 2 * step)
            {
                V x = fn.Apply(V.Load(ref left, i), V.Load(ref right, i));
                V y = fn.Apply(V.Load(ref left, i + step), V.Load(ref right, i + step));
                V.Store(x, ref to, i);
                V.Store(y, ref to, i + step);
            }
            if (i + step <= length)
            {
                V.Store(fn.Apply(V.Load(ref left, i), V.Load(ref right, i)), ref to, i);
                i += step;
            }
            if (overlaps) V.Store(last, ref to, length - step);
            else if (i < length)
            {
                int count = (int)(length - i);
                V.StorePartial(fn.Apply(V.LoadPartial(ref left, i, count), V.LoadPartial(ref right, i, count)), ref to, i, count);
            }
            left = ref Unsafe.Add(ref left, stepA);
            right = ref Unsafe.Add(ref right, stepB);
            to = ref Unsafe.Add(ref to, length);
        }
    }

    /// <summary>Rows of at least a vector, each with one element of <paramref name="b"/>; lengths are the caller's, as in Dense.</summary>
    [MethodImpl(Jit.Loop)]
    private static void Repeated<TFn, T, V>(TFn fn, int rows, nint stepA, nint stepB, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output)
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
        where V : unmanaged, ISimd<V, T>
    {
        ref T left = ref MemoryMarshal.GetReference(a);
        ref T right = ref MemoryMarshal.GetReference(b);
        ref T to = ref MemoryMarshal.GetReference(output);
        nuint length = (nuint)(output.Length / rows), step = (nuint)V.Count, end = length - step;
        for (int row = 0; row < rows; row++)
        {
            V value = V.Splat(right), last = V.Load(ref left, end);
            // In bounds: i <= end, so that a vector of the row remains. What the last one shares with another was read before.
            for (nuint i = 0; i <= end; i += step) V.Store(fn.Apply(V.Load(ref left, i), value), ref to, i);
            if (length % step != 0) V.Store(fn.Apply(last, value), ref to, end);
            left = ref Unsafe.Add(ref left, stepA);
            right = ref Unsafe.Add(ref right, stepB);
            to = ref Unsafe.Add(ref to, length);
        }
    }

    internal readonly struct Stateless<TFn, T> : IBinaryClosure<T>
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => TFn.Apply(a, b);
    }

    private readonly struct Swapped<TFn, T>(TFn fn) : IBinaryClosure<T>
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b) where V : unmanaged, ISimd<V, T> => fn.Apply(b, a);
    }

    private readonly struct LeftBound<TFn, T>(TFn fn, T value) : IUnaryClosure<T>
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => fn.Apply(V.Splat(value), x);
    }

    private readonly struct RightBound<TFn, T>(TFn fn, T value) : IUnaryClosure<T>
        where TFn : struct, IBinaryClosure<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, T> => fn.Apply(x, V.Splat(value));
    }
}
