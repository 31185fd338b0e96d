using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Quant;

/// <summary>How a 32-bit sum becomes a quantised number, by up to three numbers of its column; the zero point comes after it.</summary>
internal interface IPanelScale
{
    public static abstract I Apply<L, F, I>(I sum, I a, I b, I c)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>;
}

/// <summary>Two roundings, as <see cref="FixedPoint.Multiply"/>: mantissa, left shift, right shift.</summary>
internal readonly struct TwoRoundings : IPanelScale
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Apply<L, F, I>(I sum, I a, I b, I c)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int> => FixedPointLanes<L, F, I>.Multiply(sum, a, b, c);
}

/// <summary>
/// The same in fewer instructions, for mantissas that are not negative, factors below one half, and sums s of which |s| + half does not reach
/// 2^31: mantissa, half = 2^(right shift - 1), right shift.
/// </summary>
internal readonly struct TwoRoundingsBounded : IPanelScale
{
    /// <summary>Whether it takes this factor for sums of no more than <paramref name="greatest"/> in magnitude.</summary>
    public static bool Takes(QuantizedMultiplier factor, double greatest) =>
        factor is { Mantissa: >= 0, Shift: < 0 } && greatest + Math.ScaleB(0.5, factor.RightShift) <= int.MaxValue;

    /// <summary>One factor for all lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Apply<L, F, I>(I sum, QuantizedMultiplier factor)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int> =>
        Apply<L, F, I>(sum, I.Splat(factor.Mantissa), I.Splat(1 << (factor.RightShift - 1)), I.Splat(factor.RightShift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Apply<L, F, I>(I sum, I a, I b, I c)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        // The sign is 0 or -1: ties of negative numbers go down.
        I sign = I.ShiftRightArithmetic(sum, 31);
        return L.ShiftRightArithmetic(L.ScaleHigh(sum, a) + (sign + b), c);
    }
}

/// <summary>
/// One rounding, ties upward, as <see cref="FixedPoint.MultiplyReduced"/> for factors below one: a is the reduced mantissa with the shift in
/// it, mantissa * 2^(16 + shift).
/// </summary>
internal readonly struct OneRounding : IPanelScale
{
    /// <summary>Shifts, as of a <see cref="QuantizedMultiplier"/>, for which the product with the sum keeps all bits.</summary>
    public const int ShiftMin = -16, ShiftMax = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static I Apply<L, F, I>(I sum, I a, I b, I c)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int> => L.ScaleHigh(sum, a);
}
