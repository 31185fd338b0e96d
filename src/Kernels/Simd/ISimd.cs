using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Graft.Kernels.Simd;

/// <summary>
/// A vector of <see cref="Count"/> lanes of <typeparamref name="T"/>. Kernels are written once against it; the width is
/// a type argument. Every lane operation gives the same bits at every width and on every CPU, except <see
/// cref="MulAddEstimate"/>. Comparisons give masks: lanes of all bits set or all bits clear. Bits and shifts act on the
/// lane's bits, also for floating point lanes.
/// </summary>
internal interface ISimd<TSelf, T>
    where TSelf : unmanaged, ISimd<TSelf, T>
    where T : unmanaged, IBinaryNumber<T>
{
    public static abstract int Count { get; }
    public static abstract TSelf Splat(T value);

    /// <summary>
    /// Reads Count elements from <paramref name="offset"/> elements after <paramref name="origin"/>; unaligned, not
    /// checked.
    /// </summary>
    public static abstract TSelf Load(ref readonly T origin, nuint offset);
    public static abstract void Store(TSelf v, ref T origin, nuint offset);

    public static abstract TSelf operator +(TSelf a, TSelf b);
    public static abstract TSelf operator -(TSelf a, TSelf b);
    public static abstract TSelf operator *(TSelf a, TSelf b);
    public static abstract TSelf operator /(TSelf a, TSelf b);
    public static abstract TSelf operator -(TSelf a);
    public static abstract TSelf operator &(TSelf a, TSelf b);
    public static abstract TSelf operator |(TSelf a, TSelf b);
    public static abstract TSelf operator ^(TSelf a, TSelf b);
    public static abstract TSelf operator ~(TSelf a);

    /// <summary>
    /// a &lt; b ? a : b. So the second operand when a lane of either is NaN, or when both are zeros of any sign.
    /// </summary>
    public static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>
    /// a &gt; b ? a : b. So the second operand when a lane of either is NaN, or when both are zeros of any sign.
    /// </summary>
    public static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>Clears the sign of a float; the smallest integer is its own absolute value.</summary>
    public static abstract TSelf Abs(TSelf a);

    public static abstract TSelf Less(TSelf a, TSelf b);
    public static abstract TSelf LessOrEqual(TSelf a, TSelf b);
    public static abstract TSelf Equal(TSelf a, TSelf b);

    /// <summary>
    /// Bits of <paramref name="whenSet"/> where the mask is set, else of <paramref name="whenClear"/>.
    /// </summary>
    public static abstract TSelf Select(TSelf mask, TSelf whenSet, TSelf whenClear);

    /// <summary>True if no bit of any lane is set.</summary>
    public static abstract bool IsZero(TSelf mask);

    // Floating point lanes only; integers are returned unchanged by the roundings.
    public static abstract TSelf Sqrt(TSelf a);
    public static abstract TSelf Floor(TSelf a);
    public static abstract TSelf Ceiling(TSelf a);
    public static abstract TSelf RoundEven(TSelf a);
    public static abstract TSelf Truncate(TSelf a);

    /// <summary>
    /// a * b + c with one rounding (integers: wrapping). Without hardware FMA this is software, see <see
    /// cref="Isa.HasFma"/>.
    /// </summary>
    public static abstract TSelf MulAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>
    /// a * b + c, with one rounding where the CPU has FMA and two where it has not: the same choice at every width of
    /// one process. For bodies whose error bound holds either way.
    /// </summary>
    public static abstract TSelf MulAddEstimate(TSelf a, TSelf b, TSelf c);

    public static abstract TSelf ShiftLeft(TSelf a, int bits);
    public static abstract TSelf ShiftRightArithmetic(TSelf a, int bits);
    public static abstract TSelf ShiftRightLogical(TSelf a, int bits);

    /// <summary>Adds the lanes' bits as integers, wrapping: for floats this moves exponents.</summary>
    public static abstract TSelf AddBits(TSelf a, TSelf b);
    public static abstract TSelf SubtractBits(TSelf a, TSelf b);

    /// <summary>Sum of the lanes by halving: lane i takes lane i + n/2 until one is left. Integers wrap.</summary>
    public static abstract T Sum(TSelf a);
    public static abstract T ReduceMin(TSelf a);
    public static abstract T ReduceMax(TSelf a);

    /// <summary>The lanes in reverse order.</summary>
    public static abstract TSelf Reverse(TSelf a);

    /// <summary>The lanes at even places of the two, one after the other; of single lanes, the first.</summary>
    public static abstract TSelf Even(TSelf a, TSelf b);

    /// <summary>The lanes at odd places of the two, one after the other; of single lanes, the second.</summary>
    public static abstract TSelf Odd(TSelf a, TSelf b);

    public static virtual TSelf Greater(TSelf a, TSelf b) => TSelf.Less(b, a);
    public static virtual TSelf GreaterOrEqual(TSelf a, TSelf b) => TSelf.LessOrEqual(b, a);

    /// <summary>a and not b.</summary>
    public static virtual TSelf AndNot(TSelf a, TSelf b) => a & ~b;

    /// <summary>Reads <paramref name="count"/> elements, fewer than Count; the other lanes are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static virtual TSelf LoadPartial(ref readonly T origin, nuint offset, int count)
    {
        TSelf none = default;
        return TSelf.LoadPartial(in origin, offset, count, none);
    }

    /// <summary>The same, the other lanes being those of <paramref name="fill"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static virtual TSelf LoadPartial(ref readonly T origin, nuint offset, int count, TSelf fill)
    {
        // In bounds: count < Count elements of a local vector; the caller answers for the source.
        ref T from = ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset);
        if (Unsafe.SizeOf<TSelf>() == Vector512<byte>.Count && MaskedBytes.IsSupported)
            return Unsafe.BitCast<Vector512<byte>, TSelf>(MaskedBytes.Load(ref Unsafe.As<T, byte>(ref from), count * Unsafe.SizeOf<T>(), Unsafe.BitCast<TSelf, Vector512<byte>>(fill)));
        Pieces.Copy(in from, ref Unsafe.As<TSelf, T>(ref fill), count);
        return fill;
    }

    /// <summary>Writes the first <paramref name="count"/> lanes, fewer than Count, and no byte more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static virtual void StorePartial(TSelf v, ref T origin, nuint offset, int count)
    {
        // In bounds: as above, the other way.
        ref T to = ref Unsafe.Add(ref origin, offset);
        if (Unsafe.SizeOf<TSelf>() == Vector512<byte>.Count && MaskedBytes.IsSupported)
            MaskedBytes.Store(Unsafe.BitCast<TSelf, Vector512<byte>>(v), ref Unsafe.As<T, byte>(ref to), count * Unsafe.SizeOf<T>());
        else
            Pieces.Copy(in Unsafe.As<TSelf, T>(ref v), ref to, count);
    }
}
