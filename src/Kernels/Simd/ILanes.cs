using System.Numerics;

namespace Graft.Kernels.Simd;

/// <summary>
/// What ties the float and the 32-bit integer vectors of one width together: reinterpretation, conversion, widening
/// loads, narrowing stores. Bodies that mix lane types take it as a third type argument.
/// </summary>
internal interface ILanes<F, I>
    where F : unmanaged, ISimd<F, float>
    where I : unmanaged, ISimd<I, int>
{
    public static abstract I BitsOf(F a);
    public static abstract F FromBits(I a);

    /// <summary>The nearest float, ties to even.</summary>
    public static abstract F ToFloat(I a);

    /// <summary>Truncates; NaN and all that does not fit an int give INT_MIN, on every CPU.</summary>
    public static abstract I ToInt(F a);

    /// <summary>
    /// Reads as many <typeparamref name="TIn"/> (sbyte, byte, short, ushort, int) as there are lanes, extended to 32
    /// bits.
    /// </summary>
    public static abstract I LoadWiden<TIn>(ref readonly TIn origin, nuint offset)
        where TIn : unmanaged, IBinaryInteger<TIn>;

    /// <summary>
    /// Writes the lanes as <typeparamref name="TOut"/> (sbyte, byte, short, ushort, int), saturated to its range.
    /// </summary>
    public static abstract void StoreNarrow<TOut>(I v, ref TOut origin, nuint offset)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>;

    /// <summary>floor((a * b + 2^30) / 2^31) without overflow within; INT_MIN * INT_MIN saturates to INT_MAX.</summary>
    public static abstract I MulHighRounded(I a, I b);

    /// <summary>The same where no lane of <paramref name="b"/> is INT_MIN.</summary>
    public static abstract I ScaleHigh(I a, I b);

    /// <summary>
    /// Each lane times the factor at its index, in double precision, to the nearest whole number, ties away from zero; what does not fit an
    /// int, and NaN, gives INT_MIN.
    /// </summary>
    public static abstract I ScaleDouble(I a, ref readonly double factors, nuint offset);

    /// <summary>Shifts each lane right by its own count (0..31), keeping the sign.</summary>
    public static abstract I ShiftRightArithmetic(I a, I counts);

    /// <summary>Shifts each lane left by its own count (0..31).</summary>
    public static abstract I ShiftLeft(I a, I counts);
}

/// <summary>16-bit lanes of one width, for integer matrix products. There are twice as many as 32-bit lanes.</summary>
internal interface IShortLanes<I, S>
    where I : unmanaged, ISimd<I, int>
    where S : unmanaged, ISimd<S, short>
{
    /// <summary>True if the products are one instruction.</summary>
    public static abstract bool IsSupported { get; }

    /// <summary>Reads as many sbytes or bytes as there are 16-bit lanes; shorts as they are.</summary>
    public static abstract S LoadWiden<TIn>(ref readonly TIn origin, nuint offset)
        where TIn : unmanaged, IBinaryInteger<TIn>;

    /// <summary>Lane i is a[2i] * b[2i] + a[2i+1] * b[2i+1]; wraps only when all four are -32768.</summary>
    public static abstract I MulAddAdjacent(S a, S b);

    // Two vectors of 32-bit lanes hold as many columns as one of 16-bit lanes. In panel order, which <see cref="PanelOrder"/> defines, it
    // takes the fewest instructions to pair and to narrow them.

    /// <summary>Pairs a[i], b[i] of the columns of the first vector of the panel.</summary>
    public static abstract S PairLow(S a, S b);

    /// <summary>Pairs a[i], b[i] of the columns of the second vector of the panel.</summary>
    public static abstract S PairHigh(S a, S b);

    /// <summary>Columns in panel order to 16 bits, saturated, in natural order.</summary>
    public static abstract S Narrow(I low, I high);

    /// <summary>Writes the lanes as sbytes or bytes, saturated, or as shorts.</summary>
    public static abstract void StoreNarrow<TOut>(S v, ref TOut origin, nuint offset)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>;

    /// <summary>The first vector of a panel whose columns are given in natural order.</summary>
    public static abstract I PanelLow(I first, I second);

    /// <summary>The second vector of a panel whose columns are given in natural order.</summary>
    public static abstract I PanelHigh(I first, I second);

    /// <summary>The first half of a panel's columns in natural order.</summary>
    public static abstract I NaturalLow(I low, I high);

    /// <summary>The second half of a panel's columns in natural order.</summary>
    public static abstract I NaturalHigh(I low, I high);
}
