using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>Conversions and integer products of 256-bit vectors; contracts in <see cref="ILanes{F, I}"/>.</summary>
internal readonly struct Lanes256 : ILanes<V256<float>, V256<int>>, IShortLanes<V256<int>, V256<short>>
{
    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> BitsOf(V256<float> a) => new(a.Lanes.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<float> FromBits(V256<int> a) => new(a.Lanes.AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<float> ToFloat(V256<int> a) => new(Vector256.ConvertToSingle(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> ToInt(V256<float> a)
    {
        // The x86 conversion gives INT_MIN for all that does not fit; others saturate.
        if (Avx.IsSupported) return new(Vector256.ConvertToInt32Native(a.Lanes));
        Vector256<int> fits = Vector256.LessThan(Vector256.Abs(a.Lanes), Vector256.Create(2147483648f)).AsInt32();
        return new(
            Vector256.ConditionalSelect(fits, Vector256.ConvertToInt32(a.Lanes), Vector256.Create(int.MinValue)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> LoadWiden<TIn>(ref readonly TIn origin, nuint offset)
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        ref TIn at = ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset);
        if (typeof(TIn) == typeof(int)) return V256<int>.Load(ref Unsafe.As<TIn, int>(ref at), 0);
        // In bounds: reads exactly eight elements of TIn, which the caller guarantees.
        if (Unsafe.SizeOf<TIn>() == 2)
        {
            var pairs = Vector128.LoadUnsafe(ref Unsafe.As<TIn, short>(ref at));
            return new(typeof(TIn) == typeof(short)
                ? Vector256.Create(Vector128.WidenLower(pairs), Vector128.WidenUpper(pairs))
                : Vector256.Create(Vector128.WidenLower(pairs.AsUInt16()),
                    Vector128.WidenUpper(pairs.AsUInt16())).AsInt32());
        }
        var bytes =
            Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref Unsafe.As<TIn, byte>(ref at))).AsSByte();
        if (typeof(TIn) == typeof(sbyte))
        {
            if (Avx2.IsSupported) return new(Avx2.ConvertToVector256Int32(bytes));
            Vector128<short> half = Vector128.WidenLower(bytes);
            return new(Vector256.Create(Vector128.WidenLower(half), Vector128.WidenUpper(half)));
        }
        if (Avx2.IsSupported) return new(Avx2.ConvertToVector256Int32(bytes.AsByte()));
        Vector128<ushort> words = Vector128.WidenLower(bytes.AsByte());
        return new(Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(V256<int> v, ref TOut origin, nuint offset)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        ref TOut at = ref Unsafe.Add(ref origin, offset);
        if (typeof(TOut) == typeof(int))
        {
            V256<int>.Store(v, ref Unsafe.As<TOut, int>(ref at), 0);
            return;
        }
        // In bounds: writes exactly eight elements of TOut, which the caller guarantees.
        Vector128<short> words = Lanes128.Words<TOut>(v.Lanes.GetLower(), v.Lanes.GetUpper());
        if (Unsafe.SizeOf<TOut>() == 2) words.StoreUnsafe(ref Unsafe.As<TOut, short>(ref at));
        else Unsafe.WriteUnaligned(ref Unsafe.As<TOut, byte>(ref at), Lanes128.Bytes<TOut>(words, words).AsInt64().GetElement(0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> MulHighRounded(V256<int> a, V256<int> b)
    {
        if (!Avx2.IsSupported)
        {
            return new(Vector256.Create(
                Lanes128.MulHighRounded(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
                Lanes128.MulHighRounded(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));
        }
        Vector256<int> product = ScaleHigh(a, b).Lanes;
        // Only INT_MIN * INT_MIN reaches 2^31, which wraps to INT_MIN.
        return new(product ^ Vector256.Equals(product, Vector256.Create(int.MinValue)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> ScaleHigh(V256<int> a, V256<int> b)
    {
        if (!Avx2.IsSupported) return MulHighRounded(a, b);
        var half = Vector256.Create(1L << 30);
        Vector256<long> even = Avx2.Multiply(a.Lanes, b.Lanes) + half;
        Vector256<long> odd =
            Avx2.Multiply((a.Lanes.AsInt64() >>> 32).AsInt32(), (b.Lanes.AsInt64() >>> 32).AsInt32()) + half;
        return new(Avx2.Blend((even >>> 31).AsInt32(), (odd + odd).AsInt32(), 0b1010_1010));
    }

    /// <summary>
    /// The double below one half: a number is rounded, halves away from zero, when this is added to its magnitude and the sum is cut. One half itself would
    /// round the double below it up.
    /// </summary>
    public const double BelowHalf = 0.49999999999999994;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> ScaleDouble(V256<int> a, ref readonly double factors, nuint offset)
    {
        if (!Avx2.IsSupported)
        {
            return new(Vector256.Create(
                Lanes128.ScaleDouble(new(a.Lanes.GetLower()), in factors, offset).Lanes,
                Lanes128.ScaleDouble(new(a.Lanes.GetUpper()), in factors, offset + 4).Lanes));
        }
        Vector256<double> low = Avx.ConvertToVector256Double(a.Lanes.GetLower());
        Vector256<double> high = Avx.ConvertToVector256Double(a.Lanes.GetUpper());
        low = AwayFromZero(low * Vector256.LoadUnsafe(in factors, offset));
        high = AwayFromZero(high * Vector256.LoadUnsafe(in factors, offset + 4));
        return new(Vector256.Create(
            Avx.ConvertToVector128Int32WithTruncation(low), Avx.ConvertToVector128Int32WithTruncation(high)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> AwayFromZero(Vector256<double> x) => x + ((x & Vector256.Create(-0.0)) | Vector256.Create(BelowHalf));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> ShiftRightArithmetic(V256<int> a, V256<int> counts) => Avx2.IsSupported
        ? new(Avx2.ShiftRightArithmeticVariable(a.Lanes, counts.Lanes.AsUInt32()))
        : new(Vector256.Create(
            Lanes128.ShiftRightArithmetic(new(a.Lanes.GetLower()), new(counts.Lanes.GetLower())).Lanes,
            Lanes128.ShiftRightArithmetic(new(a.Lanes.GetUpper()), new(counts.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> ShiftLeft(V256<int> a, V256<int> counts) => Avx2.IsSupported
        ? new(Avx2.ShiftLeftLogicalVariable(a.Lanes, counts.Lanes.AsUInt32()))
        : new(Vector256.Create(
            Lanes128.ShiftLeft(new(a.Lanes.GetLower()), new(counts.Lanes.GetLower())).Lanes,
            Lanes128.ShiftLeft(new(a.Lanes.GetUpper()), new(counts.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V256<short> IShortLanes<V256<int>, V256<short>>.LoadWiden<TIn>(ref readonly TIn origin, nuint offset)
    {
        // In bounds: reads exactly sixteen elements, which the caller guarantees.
        ref byte at = ref Unsafe.As<TIn, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset));
        if (Unsafe.SizeOf<TIn>() == 2) return new(Vector256.LoadUnsafe(ref at).AsInt16());
        var bytes = Vector128.LoadUnsafe(ref at);
        if (typeof(TIn) == typeof(sbyte))
        {
            return new(Avx2.IsSupported
                ? Avx2.ConvertToVector256Int16(bytes.AsSByte())
                : Vector256.Create(Vector128.WidenLower(bytes.AsSByte()), Vector128.WidenUpper(bytes.AsSByte())));
        }
        return new(Avx2.IsSupported
            ? Avx2.ConvertToVector256Int16(bytes)
            : Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes)).AsInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> MulAddAdjacent(V256<short> a, V256<short> b) => Avx2.IsSupported
        ? new(Avx2.MultiplyAddAdjacent(a.Lanes, b.Lanes))
        : new(Vector256.Create(
            Lanes128.MulAddAdjacent(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
            Lanes128.MulAddAdjacent(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<short> PairLow(V256<short> a, V256<short> b) => Avx2.IsSupported
        ? new(Avx2.UnpackLow(a.Lanes, b.Lanes))
        : new(Vector256.Create(
            Lanes128.PairLow(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
            Lanes128.PairLow(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<short> PairHigh(V256<short> a, V256<short> b) => Avx2.IsSupported
        ? new(Avx2.UnpackHigh(a.Lanes, b.Lanes))
        : new(Vector256.Create(
            Lanes128.PairHigh(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
            Lanes128.PairHigh(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<short> Narrow(V256<int> low, V256<int> high) => Avx2.IsSupported
        ? new(Avx2.PackSignedSaturate(low.Lanes, high.Lanes))
        : new(Vector256.Create(
            Lanes128.Narrow(new(low.Lanes.GetLower()), new(high.Lanes.GetLower())).Lanes,
            Lanes128.Narrow(new(low.Lanes.GetUpper()), new(high.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(V256<short> v, ref TOut origin, nuint offset)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        // In bounds: writes exactly sixteen elements of TOut, which the caller guarantees.
        ref byte at = ref Unsafe.As<TOut, byte>(ref Unsafe.Add(ref origin, offset));
        if (Unsafe.SizeOf<TOut>() == 2) v.Lanes.AsByte().StoreUnsafe(ref at);
        else Lanes128.Bytes<TOut>(v.Lanes.GetLower(), v.Lanes.GetUpper()).StoreUnsafe(ref at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> PanelLow(V256<int> first, V256<int> second) => Avx2.IsSupported
        ? new(Avx2.Permute2x128(first.Lanes, second.Lanes, 0x20))
        : new(Vector256.Create(first.Lanes.GetLower(), second.Lanes.GetLower()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> PanelHigh(V256<int> first, V256<int> second) => Avx2.IsSupported
        ? new(Avx2.Permute2x128(first.Lanes, second.Lanes, 0x31))
        : new(Vector256.Create(first.Lanes.GetUpper(), second.Lanes.GetUpper()));

    // With two blocks of columns a vector, the order is its own inverse.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> NaturalLow(V256<int> low, V256<int> high) => PanelLow(low, high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V256<int> NaturalHigh(V256<int> low, V256<int> high) => PanelHigh(low, high);
}
