using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>The rows of <see cref="Softmax8"/> that are so short that a lane for each row is better than one for each element.</summary>
internal static class ShortSoftmax8
{
    public const int LengthMax = 16;

    private const int RowsMax = 16;

    /// <summary>
    /// As many rows of <paramref name="length"/> elements as make whole vectors; returns how many elements that were. The tables give the exponential and
    /// the addend of each distance to a row's maximum.
    /// </summary>
    [MethodImpl(Jit.Loop)]
    public static int Run<TLanes, F, I, TIn, TOut>(ReadOnlySpan<TIn> input, int length, ReadOnlySpan<int> exponentials, ReadOnlySpan<int> addends, Span<TOut> output)
        where TLanes : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        int rows = I.Count, step = rows * length, start = 0;
        Span<int> columns = stackalloc int[LengthMax * RowsMax], fractions = stackalloc int[RowsMax], exponents = stackalloc int[RowsMax];
        ref int column = ref MemoryMarshal.GetReference(columns);
        I least = I.Splat(int.CreateTruncating(TOut.MinValue));
        for (; start + step <= input.Length; start += step)
        {
            for (int r = 0; r < rows; r++)
            {
                var row = input.Slice(start + r * length, length);
                int most = int.CreateTruncating(row[0]), sum = 0;
                for (int i = 1; i < row.Length; i++) most = Math.Max(most, int.CreateTruncating(row[i]));
                for (int i = 0; i < row.Length; i++)
                {
                    int distance = most - int.CreateTruncating(row[i]);
                    sum += addends[distance];
                    columns[i * rows + r] = exponentials[distance];
                }
                (fractions[r], exponents[r]) = FixedExp.Normalised(sum);
                // At most 16 exponentials of at most one: no more than 4 integer bits.
                exponents[r] += 31 - (Unsafe.SizeOf<TOut>() * 8);
            }
            // In bounds: the buffers hold a vector for each column, and one of fractions and of exponents.
            I scale = FixedExpLanes<TLanes, F, I>.ReciprocalOfOnePlus(I.Load(ref MemoryMarshal.GetReference(fractions), 0));
            I exponent = I.Load(ref MemoryMarshal.GetReference(exponents), 0);
            for (int i = 0; i < length; i++)
            {
                I product = TLanes.MulHighRounded(I.Load(ref column, (nuint)(i * rows)), scale);
                I.Store(FixedPointLanes<TLanes, F, I>.DivideByPot(product, exponent) + least, ref column, (nuint)(i * rows));
            }
            for (int r = 0; r < rows; r++)
            {
                var to = output.Slice(start + r * length, length);
                for (int i = 0; i < to.Length; i++) to[i] = TOut.CreateSaturating(columns[i * rows + r]);
            }
        }
        return start;
    }
}
