using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>Conversions and integer products of 512-bit vectors; contracts in <see cref="ILanes{F, I}"/>.</summary>
internal readonly struct Lanes512 : ILanes<V512<float>, V512<int>>, IShortLanes<V512<int>, V512<short>>
{
    public static bool IsSupported => Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> BitsOf(V512<float> a) => new(a.Lanes.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<float> FromBits(V512<int> a) => new(a.Lanes.AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<float> ToFloat(V512<int> a) => new(Vector512.ConvertToSingle(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> ToInt(V512<float> a)
    {
        // The x86 conversion gives INT_MIN for all that does not fit; others saturate.
        if (Avx512F.IsSupported) return new(Vector512.ConvertToInt32Native(a.Lanes));
        Vector512<int> fits = Vector512.LessThan(Vector512.Abs(a.Lanes), Vector512.Create(2147483648f)).AsInt32();
        return new(
            Vector512.ConditionalSelect(fits, Vector512.ConvertToInt32(a.Lanes), Vector512.Create(int.MinValue)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> LoadWiden<TIn>(ref readonly TIn origin, nuint offset)
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        // In bounds: each branch reads exactly sixteen elements of TIn, which the caller guarantees.
        ref TIn at = ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset);
        if (Avx512F.IsSupported && typeof(TIn) == typeof(short))
            return new(Avx512F.ConvertToVector512Int32(Vector256.LoadUnsafe(ref Unsafe.As<TIn, short>(ref at))));
        if (Avx512F.IsSupported && typeof(TIn) == typeof(ushort))
            return new(Avx512F.ConvertToVector512Int32(Vector256.LoadUnsafe(ref Unsafe.As<TIn, ushort>(ref at))));
        if (Avx512F.IsSupported && typeof(TIn) == typeof(sbyte))
            return new(Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref Unsafe.As<TIn, sbyte>(ref at))));
        if (Avx512F.IsSupported && typeof(TIn) == typeof(byte))
            return new(Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref Unsafe.As<TIn, byte>(ref at))));
        return new(Vector512.Create(Lanes256.LoadWiden(ref at, 0).Lanes, Lanes256.LoadWiden(ref at, 8).Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(V512<int> v, ref TOut origin, nuint offset)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        // In bounds: each branch writes exactly sixteen elements of TOut, which the caller guarantees.
        ref TOut at = ref Unsafe.Add(ref origin, offset);
        if (Avx512F.IsSupported && Unsafe.SizeOf<TOut>() == 1)
            Bytes<TOut>(v).StoreUnsafe(ref Unsafe.As<TOut, byte>(ref at));
        else if (Avx512F.IsSupported && typeof(TOut) == typeof(short))
            Avx512F.ConvertToVector256Int16WithSaturation(v.Lanes).StoreUnsafe(ref Unsafe.As<TOut, short>(ref at));
        else
        {
            Lanes256.StoreNarrow(new V256<int>(v.Lanes.GetLower()), ref at, 0);
            Lanes256.StoreNarrow(new V256<int>(v.Lanes.GetUpper()), ref at, 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> MulHighRounded(V512<int> a, V512<int> b)
    {
        if (!Avx512F.IsSupported)
        {
            return new(Vector512.Create(
                Lanes256.MulHighRounded(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
                Lanes256.MulHighRounded(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));
        }
        Vector512<int> product = ScaleHigh(a, b).Lanes;
        // Only INT_MIN * INT_MIN reaches 2^31, which wraps to INT_MIN.
        return new(product ^ Vector512.Equals(product, Vector512.Create(int.MinValue)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> ScaleHigh(V512<int> a, V512<int> b)
    {
        if (!Avx512F.IsSupported)
        {
            return new(Vector512.Create(
                Lanes256.ScaleHigh(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
                Lanes256.ScaleHigh(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));
        }
        var half = Vector512.Create(1L << 30);
        Vector512<long> even = Avx512F.Multiply(a.Lanes, b.Lanes) + half;
        Vector512<long> odd =
            Avx512F.Multiply((a.Lanes.AsInt64() >>> 32).AsInt32(), (b.Lanes.AsInt64() >>> 32).AsInt32()) + half;
        var evenLanes = Vector512.Create(0xFFFF_FFFFL);
        return new(Vector512.ConditionalSelect(evenLanes, even >>> 31, odd + odd).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> ScaleDouble(V512<int> a, ref readonly double factors, nuint offset)
    {
        if (!Avx512F.IsSupported)
        {
            return new(Vector512.Create(
                Lanes256.ScaleDouble(new(a.Lanes.GetLower()), in factors, offset).Lanes,
                Lanes256.ScaleDouble(new(a.Lanes.GetUpper()), in factors, offset + 8).Lanes));
        }
        Vector512<double> low = Avx512F.ConvertToVector512Double(a.Lanes.GetLower()), high = Avx512F.ConvertToVector512Double(a.Lanes.GetUpper());
        low = AwayFromZero(low * Vector512.LoadUnsafe(in factors, offset));
        high = AwayFromZero(high * Vector512.LoadUnsafe(in factors, offset + 8));
        return new(Vector512.Create(Avx512F.ConvertToVector256Int32WithTruncation(low), Avx512F.ConvertToVector256Int32WithTruncation(high)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> AwayFromZero(Vector512<double> x) => x + ((x & Vector512.Create(-0.0)) | Vector512.Create(Lanes256.BelowHalf));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> ShiftRightArithmetic(V512<int> a, V512<int> counts) => Avx512F.IsSupported
        ? new(Avx512F.ShiftRightArithmeticVariable(a.Lanes, counts.Lanes.AsUInt32()))
        : new(Vector512.Create(
            Lanes256.ShiftRightArithmetic(new(a.Lanes.GetLower()), new(counts.Lanes.GetLower())).Lanes,
            Lanes256.ShiftRightArithmetic(new(a.Lanes.GetUpper()), new(counts.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> ShiftLeft(V512<int> a, V512<int> counts) => Avx512F.IsSupported
        ? new(Avx512F.ShiftLeftLogicalVariable(a.Lanes, counts.Lanes.AsUInt32()))
        : new(Vector512.Create(
            Lanes256.ShiftLeft(new(a.Lanes.GetLower()), new(counts.Lanes.GetLower())).Lanes,
            Lanes256.ShiftLeft(new(a.Lanes.GetUpper()), new(counts.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V512<short> IShortLanes<V512<int>, V512<short>>.LoadWiden<TIn>(ref readonly TIn origin, nuint offset)
    {
        // In bounds: reads exactly thirty-two elements, which the caller guarantees.
        ref byte at = ref Unsafe.As<TIn, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset));
        if (Unsafe.SizeOf<TIn>() == 2) return new(Vector512.LoadUnsafe(ref at).AsInt16());
        var bytes = Vector256.LoadUnsafe(ref at);
        if (typeof(TIn) == typeof(sbyte))
        {
            return new(Avx512BW.IsSupported
                ? Avx512BW.ConvertToVector512Int16(bytes.AsSByte())
                : Vector512.Create(Vector256.WidenLower(bytes.AsSByte()), Vector256.WidenUpper(bytes.AsSByte())));
        }
        return new(Avx512BW.IsSupported
            ? Avx512BW.ConvertToVector512Int16(bytes)
            : Vector512.Create(Vector256.WidenLower(bytes), Vector256.WidenUpper(bytes)).AsInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> MulAddAdjacent(V512<short> a, V512<short> b) => Avx512BW.IsSupported
        ? new(Avx512BW.MultiplyAddAdjacent(a.Lanes, b.Lanes))
        : new(Vector512.Create(
            Lanes256.MulAddAdjacent(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
            Lanes256.MulAddAdjacent(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<short> PairLow(V512<short> a, V512<short> b) => Avx512BW.IsSupported
        ? new(Avx512BW.UnpackLow(a.Lanes, b.Lanes))
        : new(Vector512.Create(
            Lanes256.PairLow(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
            Lanes256.PairLow(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<short> PairHigh(V512<short> a, V512<short> b) => Avx512BW.IsSupported
        ? new(Avx512BW.UnpackHigh(a.Lanes, b.Lanes))
        : new(Vector512.Create(
            Lanes256.PairHigh(new(a.Lanes.GetLower()), new(b.Lanes.GetLower())).Lanes,
            Lanes256.PairHigh(new(a.Lanes.GetUpper()), new(b.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<short> Narrow(V512<int> low, V512<int> high) => Avx512BW.IsSupported
        ? new(Avx512BW.PackSignedSaturate(low.Lanes, high.Lanes))
        : new(Vector512.Create(
            Lanes256.Narrow(new(low.Lanes.GetLower()), new(high.Lanes.GetLower())).Lanes,
            Lanes256.Narrow(new(low.Lanes.GetUpper()), new(high.Lanes.GetUpper())).Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(V512<short> v, ref TOut origin, nuint offset)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        // In bounds: writes exactly thirty-two elements of TOut, which the caller guarantees.
        ref TOut at = ref Unsafe.Add(ref origin, offset);
        if (Unsafe.SizeOf<TOut>() == 2) v.Lanes.AsByte().StoreUnsafe(ref Unsafe.As<TOut, byte>(ref at));
        else if (Avx512BW.IsSupported) Bytes<TOut>(v).StoreUnsafe(ref Unsafe.As<TOut, byte>(ref at));
        else
        {
            Lanes256.StoreNarrow(new V256<short>(v.Lanes.GetLower()), ref at, 0);
            Lanes256.StoreNarrow(new V256<short>(v.Lanes.GetUpper()), ref at, 16);
        }
    }

    /// <summary>The lanes as sbytes or bytes, saturated; with AVX-512 only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Bytes<TOut>(V512<int> v) where TOut : unmanaged => typeof(TOut) == typeof(sbyte)
        ? Avx512F.ConvertToVector128SByteWithSaturation(v.Lanes).AsByte()
        : Avx512F.ConvertToVector128ByteWithSaturation(Vector512.Max(v.Lanes, Vector512<int>.Zero).AsUInt32());

    /// <inheritdoc cref="Bytes{TOut}(V512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Bytes<TOut>(V512<short> v) where TOut : unmanaged => typeof(TOut) == typeof(sbyte)
        ? Avx512BW.ConvertToVector256SByteWithSaturation(v.Lanes).AsByte()
        : Avx512BW.ConvertToVector256ByteWithSaturation(Vector512.Max(v.Lanes, Vector512<short>.Zero).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> PanelLow(V512<int> first, V512<int> second) => Avx512F.IsSupported
        ? Pairs(first, Vector512.Create(0, 1, 4, 5, 8, 9, 12, 13), second)
        : new(Vector512.Create(Even(first.Lanes), Even(second.Lanes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> PanelHigh(V512<int> first, V512<int> second) => Avx512F.IsSupported
        ? Pairs(first, Vector512.Create(2, 3, 6, 7, 10, 11, 14, 15), second)
        : new(Vector512.Create(Odd(first.Lanes), Odd(second.Lanes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> NaturalLow(V512<int> low, V512<int> high) => Avx512F.IsSupported
        ? Pairs(low, Vector512.Create(0, 1, 8, 9, 2, 3, 10, 11), high)
        : Zip(low.Lanes.GetLower(), high.Lanes.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V512<int> NaturalHigh(V512<int> low, V512<int> high) => Avx512F.IsSupported
        ? Pairs(low, Vector512.Create(4, 5, 12, 13, 6, 7, 14, 15), high)
        : Zip(low.Lanes.GetUpper(), high.Lanes.GetUpper());

    /// <summary>Eight pairs of lanes by their number: first those of <paramref name="a"/>, then those of <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V512<int> Pairs(V512<int> a, Vector512<long> numbers, V512<int> b) =>
        new(Avx512F.PermuteVar8x64x2(a.Lanes.AsInt64(), numbers, b.Lanes.AsInt64()).AsInt32());

    // Quarters of a vector hold four columns each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Even(Vector512<int> a) =>
        Vector256.Create(a.GetLower().GetLower(), a.GetUpper().GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Odd(Vector512<int> a) =>
        Vector256.Create(a.GetLower().GetUpper(), a.GetUpper().GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V512<int> Zip(Vector256<int> even, Vector256<int> odd) => new(Vector512.Create(
        Vector256.Create(even.GetLower(), odd.GetLower()), Vector256.Create(even.GetUpper(), odd.GetUpper())));
}
