using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>The rows of <see cref="Softmax8"/> that are so short that a lane for each row is better than one for each element.</summary>
internal static class ShortSoftmax8
{
    public const int LengthMax = 16;

    private const int RowsMax = 16, Distances = 256;

    /// <summary>
    /// As many rows of <paramref name="length"/> elements as make whole vectors; returns how many elements that were. The table gives the exponential of
    /// each distance to a row's maximum.
    /// </summary>
    [MethodImpl(Jit.Loop)]
    public static int Run<TLanes, F, I, TIn, TOut>(ReadOnlySpan<TIn> input, int length, ReadOnlySpan<int> exponentials, Span<TOut> output)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        Lengths.MustReach(Distances, exponentials.Length);
        Lengths.MustReach(input.Length, output.Length);
        int rows = I.Count, step = rows * length, start = 0;
        Span<int> columns = stackalloc int[LengthMax * RowsMax], fractions = stackalloc int[RowsMax], exponents = stackalloc int[RowsMax];
        ref int column = ref MemoryMarshal.GetReference(columns), exponential = ref MemoryMarshal.GetReference(exponentials), fraction = ref MemoryMarshal.GetReference(fractions);
        I least = I.Splat(int.CreateTruncating(TOut.MinValue)), greatest = I.Splat(int.CreateTruncating(TOut.MaxValue));
        // In bounds: whole rows of input and output, a vector for each of at most LengthMax columns, and distances of bytes, of which the table has all.
        for (; start + step <= input.Length; start += step)
        {
            ref TIn from = ref Unsafe.Add(ref MemoryMarshal.GetReference(input), start);
            for (int r = 0; r < rows; r++, from = ref Unsafe.Add(ref from, length))
            {
                for (int i = 0; i < length; i++) Unsafe.Add(ref column, i * rows + r) = int.CreateTruncating(Unsafe.Add(ref from, i));
            }
            I most = I.Load(ref column, 0), sum = default;
            for (int i = 1; i < length; i++) most = I.Max(most, I.Load(ref column, (nuint)(i * rows)));
            for (int i = 0; i < length; i++) I.Store(most - I.Load(ref column, (nuint)(i * rows)), ref column, (nuint)(i * rows));
            for (int i = 0; i < step; i++) Unsafe.Add(ref column, i) = Unsafe.Add(ref exponential, Unsafe.Add(ref column, i));
            for (int i = 0; i < length; i++) sum += FixedPointLanes<TLanes, F, I>.DivideByPot(I.Load(ref column, (nuint)(i * rows)), FixedExp.SumIntegerBits);
            I.Store(sum, ref fraction, 0);
            for (int r = 0; r < rows; r++)
            {
                (fractions[r], exponents[r]) = FixedExp.Normalised(fractions[r]);
                // At most 16 exponentials of at most one: no more than 4 integer bits.
                exponents[r] += 31 - (Unsafe.SizeOf<TOut>() * 8);
            }
            I scale = FixedExpLanes<TLanes, F, I>.ReciprocalOfOnePlus(I.Load(ref fraction, 0));
            I exponent = I.Load(ref MemoryMarshal.GetReference(exponents), 0);
            for (int i = 0; i < length; i++)
            {
                I product = TLanes.MulHighRounded(I.Load(ref column, (nuint)(i * rows)), scale);
                I.Store(I.Min(greatest, FixedPointLanes<TLanes, F, I>.DivideByPot(product, exponent) + least), ref column, (nuint)(i * rows));
            }
            ref TOut to = ref Unsafe.Add(ref MemoryMarshal.GetReference(output), start);
            for (int r = 0; r < rows; r++, to = ref Unsafe.Add(ref to, length))
            {
                for (int i = 0; i < length; i++) Unsafe.Add(ref to, i) = TOut.CreateTruncating(Unsafe.Add(ref column, i * rows + r));
            }
        }
        return start;
    }
}
