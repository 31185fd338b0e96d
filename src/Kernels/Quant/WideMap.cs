using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>A function of one quantised element, computed in 32-bit lanes.</summary>
internal interface IWideFn
{
    public I Apply<TLanes, F, I>(I x)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>;
}

/// <summary>A function of two quantised elements, computed in 32-bit lanes.</summary>
internal interface IWideBinaryFn
{
    public I Apply<TLanes, F, I>(I a, I b)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>;
}

/// <summary>
/// Elementwise loops over narrow integers (sbyte, byte, short, ushort): widened to 32 bits, computed, saturated back.
/// The same bits at every width, length and position. Input and output may be one span if their types are equal.
/// </summary>
internal static class WideMap
{
    public static void Apply<TFn, TIn, TOut>(TFn fn, ReadOnlySpan<TIn> input, Span<TOut> output)
        where TFn : struct, IWideFn
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        if (Isa.Current == VectorWidth.V512) Run<TFn, TIn, TOut, Lanes512, V512<float>, V512<int>>(fn, input, output);
        else if (Isa.Current == VectorWidth.V256) Run<TFn, TIn, TOut, Lanes256, V256<float>, V256<int>>(fn, input,
            output);
        else if (Isa.Current == VectorWidth.V128) Run<TFn, TIn, TOut, Lanes128, V128<float>, V128<int>>(fn, input,
            output);
        else Run<TFn, TIn, TOut, LanesScalar, Scalar<float>, Scalar<int>>(fn, input, output);
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Run<TFn, TIn, TOut, TLanes, F, I>(TFn fn, ReadOnlySpan<TIn> input, Span<TOut> output)
        where TFn : struct, IWideFn
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        Lengths.MustMatch(input.Length, output.Length);
        ref TIn from = ref MemoryMarshal.GetReference(input);
        ref TOut to = ref MemoryMarshal.GetReference(output);
        nuint length = (nuint)input.Length;
        nuint i = 0;
        // In bounds: i + Count <= length, which both spans have.
        for (; i + (nuint)I.Count <= length; i += (nuint)I.Count)
            TLanes.StoreNarrow(fn.Apply<TLanes, F, I>(TLanes.LoadWiden(ref from, i)), ref to, i);
        if (i == length) return;
        int count = (int)(length - i);
        I tail = PartialLanes<TLanes, F, I>.LoadWiden(ref from, i, count);
        PartialLanes<TLanes, F, I>.StoreNarrow(fn.Apply<TLanes, F, I>(tail), ref to, i, count);
    }

    /// <summary>Binary, with numpy's broadcasting; the output is dense.</summary>
    public static void Zip<TFn, TA, TB, TOut>(
        TFn fn, in BroadcastShape shape, ReadOnlySpan<TA> a, ReadOnlySpan<TB> b, Span<TOut> output)
        where TFn : struct, IWideBinaryFn
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        if (Isa.Current == VectorWidth.V512)
            ZipRun<TFn, TA, TB, TOut, Lanes512, V512<float>, V512<int>>(fn, shape, a, b, output);
        else if (Isa.Current == VectorWidth.V256)
            ZipRun<TFn, TA, TB, TOut, Lanes256, V256<float>, V256<int>>(fn, shape, a, b, output);
        else if (Isa.Current == VectorWidth.V128)
            ZipRun<TFn, TA, TB, TOut, Lanes128, V128<float>, V128<int>>(fn, shape, a, b, output);
        else
            ZipRun<TFn, TA, TB, TOut, LanesScalar, Scalar<float>, Scalar<int>>(fn, shape, a, b, output);
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static void ZipRun<TFn, TA, TB, TOut, TLanes, F, I>(
        TFn fn, in BroadcastShape shape, ReadOnlySpan<TA> a, ReadOnlySpan<TB> b, Span<TOut> output)
        where TFn : struct, IWideBinaryFn
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        Lengths.MustReach(shape.Count, output.Length);
        var walk = new BroadcastWalk(shape);
        int length = walk.Length;
        int lengthA = walk.Repeats(0) ? 1 : length;
        int lengthB = walk.Repeats(1) ? 1 : length;
        if (shape.Rank == 2 && lengthA == lengthB && shape.Count > 0)
        {
            int rows = shape.Length(0);
            Lengths.MustReach((rows - 1) * shape.Stride(0, 0) + length, a.Length);
            Lengths.MustReach((rows - 1) * shape.Stride(1, 0) + length, b.Length);
            Inner<TFn, TA, TB, TOut, TLanes, F, I>(fn, rows, shape.Stride(0, 0), shape.Stride(1, 0), a, b, output[..(int)shape.Count]);
            return;
        }
        for (int start = 0; walk.Next(); start += length)
        {
            ReadOnlySpan<TA> runA = a.Slice((int)walk.A, lengthA);
            ReadOnlySpan<TB> runB = b.Slice((int)walk.B, lengthB);
            Span<TOut> to = output.Slice(start, length);
            if (lengthA == lengthB) Inner<TFn, TA, TB, TOut, TLanes, F, I>(fn, 1, 0, 0, runA, runB, to);
            else if (lengthA == 1)
                Run<LeftBound<TFn>, TB, TOut, TLanes, F, I>(new(fn, int.CreateTruncating(runA[0])), runB, to);
            else Run<RightBound<TFn>, TA, TOut, TLanes, F, I>(new(fn, int.CreateTruncating(runB[0])), runA, to);
        }
    }

    /// <summary>Rows of the output; in each operand so many elements from row to row, for which the caller answers.</summary>
    [MethodImpl(Jit.Loop)]
    private static void Inner<TFn, TA, TB, TOut, TLanes, F, I>(
        TFn fn, int rows, nint stepA, nint stepB, ReadOnlySpan<TA> a, ReadOnlySpan<TB> b, Span<TOut> output)
        where TFn : struct, IWideBinaryFn
        where TA : unmanaged, IBinaryInteger<TA>
        where TB : unmanaged, IBinaryInteger<TB>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        ref TA left = ref MemoryMarshal.GetReference(a);
        ref TB right = ref MemoryMarshal.GetReference(b);
        ref TOut to = ref MemoryMarshal.GetReference(output);
        nuint length = (nuint)(output.Length / rows);
        for (int row = 0; row < rows; row++)
        {
            nuint i = 0;
            // In bounds: i + Count <= length, which a row of all three has.
            for (; i + (nuint)I.Count <= length; i += (nuint)I.Count)
            {
                I result = fn.Apply<TLanes, F, I>(TLanes.LoadWiden(ref left, i), TLanes.LoadWiden(ref right, i));
                TLanes.StoreNarrow(result, ref to, i);
            }
            if (i < length)
            {
                int count = (int)(length - i);
                I x = PartialLanes<TLanes, F, I>.LoadWiden(ref left, i, count);
                I y = PartialLanes<TLanes, F, I>.LoadWiden(ref right, i, count);
                PartialLanes<TLanes, F, I>.StoreNarrow(fn.Apply<TLanes, F, I>(x, y), ref to, i, count);
            }
            left = ref Unsafe.Add(ref left, stepA);
            right = ref Unsafe.Add(ref right, stepB);
            to = ref Unsafe.Add(ref to, length);
        }
    }

    private readonly struct LeftBound<TFn>(TFn fn, int value) : IWideFn where TFn : struct, IWideBinaryFn
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public I Apply<TLanes, F, I>(I x)
            where TLanes : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int> => fn.Apply<TLanes, F, I>(I.Splat(value), x);
    }

    private readonly struct RightBound<TFn>(TFn fn, int value) : IWideFn where TFn : struct, IWideBinaryFn
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public I Apply<TLanes, F, I>(I x)
            where TLanes : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int> => fn.Apply<TLanes, F, I>(x, I.Splat(value));
    }
}
