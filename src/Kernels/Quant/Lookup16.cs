using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Quant;

/// <summary>
/// A function of 16-bit values as 513 nodes with linear interpolation: the upper 9 bits select a node, the lower 7 lie
/// between it and the next. Nodes are shifted by half the error that the middle of their interval would have.
/// </summary>
internal static class Lookup16
{
    public const int Count = 513;
    private const int Steps = 512;

    /// <summary>
    /// Fills the table in arithmetic of type <typeparamref name="TReal"/>: float for operators, double for the softmax
    /// tables, as the reference does. Scales and zero points map 16-bit values to the function's argument and result.
    /// </summary>
    public static void Fill<TReal>(
        TReal inputScale, int inputZero, TReal outputScale, int outputZero, Func<TReal, TReal> function,
            Span<short> table)
        where TReal : IFloatingPointIeee754<TReal>
    {
        Lengths.MustMatch(Count, table.Length);
        TReal least = inputScale * TReal.CreateChecked(short.MinValue - inputZero);
        TReal greatest = inputScale * TReal.CreateChecked(short.MaxValue - inputZero);
        TReal outputLeast = outputScale * TReal.CreateChecked(short.MinValue - outputZero);
        TReal outputGreatest = outputScale * TReal.CreateChecked(short.MaxValue - outputZero);
        TReal two = TReal.CreateChecked(2);
        TReal step = (greatest - least) / TReal.CreateChecked(Steps);
        TReal half = step / two;
        TReal inverse = TReal.CreateChecked(65536) / (outputGreatest - outputLeast);
        for (int i = 0; i < Steps; i++)
        {
            TReal start = least + (TReal.CreateChecked(i) * step);
            TReal here = Round(function(start) * inverse);
            TReal middle = Round(function(start + half) * inverse);
            TReal next = function(least + (TReal.CreateChecked(i + 1) * step)) * inverse;
            TReal interpolated = Round((next + here) / two);
            table[i] = Saturate(here - Round((interpolated - middle) / two));
        }
        table[Steps] = Saturate(Round(function(greatest) * inverse));
    }

    /// <summary>
    /// One value through the table; the slope between two nodes and the result wrap at the table's bits, as in the reference.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T At<T>(ReadOnlySpan<T> table, short value) where T : unmanaged, IBinaryInteger<T>
    {
        int index = 256 + (value >> 7);
        int start = int.CreateTruncating(table[index]);
        int slope = int.CreateTruncating(T.CreateTruncating(int.CreateTruncating(table[index + 1]) - start));
        return T.CreateTruncating(start + (((slope * (value & 0x7F)) + 64) >> 7));
    }

    /// <summary>output[i] is the table at input[i]; both may be one span.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Apply<T>(ReadOnlySpan<short> input, ReadOnlySpan<T> table, Span<T> output) where T : unmanaged, IBinaryInteger<T>
    {
        Lengths.MustMatch(Count, table.Length);
        Lengths.MustMatch(input.Length, output.Length);
        for (int i = 0; i < input.Length; i++) output[i] = At(table, input[i]);
    }

    private static TReal Round<TReal>(TReal x) where TReal : IFloatingPointIeee754<TReal> =>
        TReal.Round(x, MidpointRounding.AwayFromZero);

    // NaN gives 0, as the reference's conversion of a NaN cut to 16 bits does.
    private static short Saturate<TReal>(TReal x) where TReal : IFloatingPointIeee754<TReal> =>
        short.CreateSaturating(x);
}
