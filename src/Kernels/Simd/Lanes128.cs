using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Graft.Kernels.Simd;

/// <summary>Conversions and integer products of 128-bit vectors; contracts in <see cref="ILanes{F, I}"/>.</summary>
internal readonly struct Lanes128 : ILanes<V128<float>, V128<int>>, IShortLanes<V128<int>, V128<short>>
{
    public static bool IsSupported => Sse2.IsSupported || AdvSimd.Arm64.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> BitsOf(V128<float> a) => new(a.Lanes.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<float> FromBits(V128<int> a) => new(a.Lanes.AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<float> ToFloat(V128<int> a) => new(Vector128.ConvertToSingle(a.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> ToInt(V128<float> a)
    {
        // The x86 conversion gives INT_MIN for all that does not fit; others saturate.
        if (Sse2.IsSupported) return new(Vector128.ConvertToInt32Native(a.Lanes));
        Vector128<int> fits = Vector128.LessThan(Vector128.Abs(a.Lanes), Vector128.Create(2147483648f)).AsInt32();
        return new(
            Vector128.ConditionalSelect(fits, Vector128.ConvertToInt32(a.Lanes), Vector128.Create(int.MinValue)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> LoadWiden<TIn>(ref readonly TIn origin, nuint offset)
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        ref TIn at = ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset);
        if (typeof(TIn) == typeof(int)) return V128<int>.Load(ref Unsafe.As<TIn, int>(ref at), 0);
        // In bounds: reads exactly four elements of TIn, which the caller guarantees.
        if (Unsafe.SizeOf<TIn>() == 2)
        {
            var words =
                Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref Unsafe.As<TIn, byte>(ref at))).AsInt16();
            return new(typeof(TIn) == typeof(short)
                ? Vector128.WidenLower(words)
                : Vector128.WidenLower(words.AsUInt16()).AsInt32());
        }
        var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(ref Unsafe.As<TIn, byte>(ref at))).AsSByte();
        return new(typeof(TIn) == typeof(sbyte)
            ? Vector128.WidenLower(Vector128.WidenLower(bytes))
            : Vector128.WidenLower(Vector128.WidenLower(bytes.AsByte())).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(V128<int> v, ref TOut origin, nuint offset)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        ref TOut at = ref Unsafe.Add(ref origin, offset);
        if (typeof(TOut) == typeof(int))
        {
            V128<int>.Store(v, ref Unsafe.As<TOut, int>(ref at), 0);
            return;
        }
        // In bounds: writes exactly four elements of TOut, which the caller guarantees.
        Vector128<short> words = Words<TOut>(v.Lanes, v.Lanes);
        ref byte bytes = ref Unsafe.As<TOut, byte>(ref at);
        if (Unsafe.SizeOf<TOut>() == 2) Unsafe.WriteUnaligned(ref bytes, words.AsInt64().GetElement(0));
        else Unsafe.WriteUnaligned(ref bytes, Bytes<TOut>(words, words).AsInt32().GetElement(0));
    }

    /// <summary>Eight integers in 16 bits: as shorts or ushorts, saturated; for bytes, saturated to short, which <see cref="Bytes"/> narrows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Words<TOut>(Vector128<int> low, Vector128<int> high)
    {
        if (typeof(TOut) == typeof(ushort))
        {
            if (Sse41.IsSupported) return Sse41.PackUnsignedSaturate(low, high).AsInt16();
            low = Vector128.Min(Vector128.Max(low, Vector128<int>.Zero), Vector128.Create((int)ushort.MaxValue));
            high = Vector128.Min(Vector128.Max(high, Vector128<int>.Zero), Vector128.Create((int)ushort.MaxValue));
            return Vector128.Narrow(low, high);
        }
        return Sse2.IsSupported ? Sse2.PackSignedSaturate(low, high) : Vector128.NarrowWithSaturation(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> MulHighRounded(V128<int> a, V128<int> b)
    {
        if (AdvSimd.IsSupported) return ScaleHigh(a, b);
        Vector128<int> product = ScaleHigh(a, b).Lanes;
        // Only INT_MIN * INT_MIN reaches 2^31, which wraps to INT_MIN.
        return new(product ^ Vector128.Equals(product, Vector128.Create(int.MinValue)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> ScaleHigh(V128<int> a, V128<int> b)
    {
        if (AdvSimd.IsSupported) return new(AdvSimd.MultiplyRoundedDoublingSaturateHigh(a.Lanes, b.Lanes));
        if (!Sse41.IsSupported) return PerLane<HighRounded>(a, b);
        var half = Vector128.Create(1L << 30);
        Vector128<long> even = Sse41.Multiply(a.Lanes, b.Lanes) + half;
        Vector128<long> odd =
            Sse41.Multiply((a.Lanes.AsInt64() >>> 32).AsInt32(), (b.Lanes.AsInt64() >>> 32).AsInt32()) + half;
        return new(Vector128.ConditionalSelect(
            Vector128.Create(0xFFFF_FFFFL), even >>> 31, odd << 1).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> ScaleDouble(V128<int> a, ref readonly double factors, nuint offset)
    {
        Vector128<double> low, high;
        if (Sse2.IsSupported)
        {
            low = Sse2.ConvertToVector128Double(a.Lanes);
            high = Sse2.ConvertToVector128Double(Vector128.Shuffle(a.Lanes, Vector128.Create(2, 3, 2, 3)));
        }
        else
        {
            low = Vector128.ConvertToDouble(Vector128.WidenLower(a.Lanes));
            high = Vector128.ConvertToDouble(Vector128.WidenUpper(a.Lanes));
        }
        low = HalfAway(low * Vector128.LoadUnsafe(in factors, offset));
        high = HalfAway(high * Vector128.LoadUnsafe(in factors, offset + 2));
        if (Sse2.IsSupported)
        {
            return new(Vector128.Create(
                Sse2.ConvertToVector128Int32WithTruncation(low).GetLower(),
                Sse2.ConvertToVector128Int32WithTruncation(high).GetLower()));
        }
        return new(Vector128.Narrow(ToLong(low), ToLong(high)));
    }

    // Whole numbers; those that do not fit an int, and NaN, become INT_MIN.
    private static Vector128<long> ToLong(Vector128<double> a)
    {
        Vector128<long> fits = (Vector128.LessThanOrEqual(a, Vector128.Create((double)int.MaxValue))
            & Vector128.GreaterThanOrEqual(a, Vector128.Create((double)int.MinValue))).AsInt64();
        return Vector128.ConditionalSelect(fits, Vector128.ConvertToInt64(a), Vector128.Create((long)int.MinValue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> HalfAway(Vector128<double> x)
    {
        Vector128<double> whole = Vector128.Truncate(x);
        Vector128<double> atLeastHalf = Vector128.GreaterThanOrEqual(Vector128.Abs(x - whole), Vector128.Create(0.5));
        return whole + (atLeastHalf & ((x & Vector128.Create(-0.0)) | Vector128.Create(1.0)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> ShiftRightArithmetic(V128<int> a, V128<int> counts)
    {
        if (AdvSimd.IsSupported) return new(AdvSimd.ShiftArithmetic(a.Lanes, -counts.Lanes));
        return Avx2.IsSupported
            ? new(Avx2.ShiftRightArithmeticVariable(a.Lanes, counts.Lanes.AsUInt32()))
            : PerLane<RightShift>(a, counts);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> ShiftLeft(V128<int> a, V128<int> counts)
    {
        if (AdvSimd.IsSupported) return new(AdvSimd.ShiftArithmetic(a.Lanes, counts.Lanes));
        return Avx2.IsSupported
            ? new(Avx2.ShiftLeftLogicalVariable(a.Lanes, counts.Lanes.AsUInt32()))
            : PerLane<LeftShift>(a, counts);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V128<short> IShortLanes<V128<int>, V128<short>>.LoadWiden<TIn>(ref readonly TIn origin, nuint offset)
    {
        // In bounds: reads exactly eight elements, which the caller guarantees.
        ref byte at = ref Unsafe.As<TIn, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in origin), offset));
        if (Unsafe.SizeOf<TIn>() == 2) return new(Vector128.LoadUnsafe(ref at).AsInt16());
        var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref at)).AsSByte();
        return new(typeof(TIn) == typeof(sbyte)
            ? Vector128.WidenLower(bytes)
            : Vector128.WidenLower(bytes.AsByte()).AsInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> MulAddAdjacent(V128<short> a, V128<short> b)
    {
        if (Sse2.IsSupported) return new(Sse2.MultiplyAddAdjacent(a.Lanes, b.Lanes));
        if (!AdvSimd.Arm64.IsSupported)
        {
            Vector128<int> low = Vector128.WidenLower(a.Lanes) * Vector128.WidenLower(b.Lanes);
            Vector128<int> high = Vector128.WidenUpper(a.Lanes) * Vector128.WidenUpper(b.Lanes);
            return new(Vector128.Create(
                low[0] + low[1], low[2] + low[3], high[0] + high[1], high[2] + high[3]));
        }
        return new(AdvSimd.Arm64.AddPairwise(
            AdvSimd.MultiplyWideningLower(a.Lanes.GetLower(), b.Lanes.GetLower()),
            AdvSimd.MultiplyWideningUpper(a.Lanes, b.Lanes)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<short> PairLow(V128<short> a, V128<short> b)
    {
        if (Sse2.IsSupported) return new(Sse2.UnpackLow(a.Lanes, b.Lanes));
        if (AdvSimd.Arm64.IsSupported) return new(AdvSimd.Arm64.ZipLow(a.Lanes, b.Lanes));
        return new(Interleave(a.Lanes.GetLower(), b.Lanes.GetLower()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<short> PairHigh(V128<short> a, V128<short> b)
    {
        if (Sse2.IsSupported) return new(Sse2.UnpackHigh(a.Lanes, b.Lanes));
        if (AdvSimd.Arm64.IsSupported) return new(AdvSimd.Arm64.ZipHigh(a.Lanes, b.Lanes));
        return new(Interleave(a.Lanes.GetUpper(), b.Lanes.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<short> Narrow(V128<int> low, V128<int> high) => Sse2.IsSupported
        ? new(Sse2.PackSignedSaturate(low.Lanes, high.Lanes))
        : new(Vector128.NarrowWithSaturation(low.Lanes, high.Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNarrow<TOut>(V128<short> v, ref TOut origin, nuint offset)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        // In bounds: writes exactly eight elements of TOut, which the caller guarantees.
        ref byte at = ref Unsafe.As<TOut, byte>(ref Unsafe.Add(ref origin, offset));
        if (Unsafe.SizeOf<TOut>() == 2) v.Lanes.AsByte().StoreUnsafe(ref at);
        else Unsafe.WriteUnaligned(ref at, Bytes<TOut>(v.Lanes, v.Lanes).AsInt64().GetElement(0));
    }

    /// <summary>Sixteen words as sbytes or bytes, saturated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Bytes<TOut>(Vector128<short> low, Vector128<short> high)
    {
        if (typeof(TOut) == typeof(sbyte))
        {
            return Sse2.IsSupported
                ? Sse2.PackSignedSaturate(low, high).AsByte()
                : Vector128.NarrowWithSaturation(low, high).AsByte();
        }
        return Sse2.IsSupported
            ? Sse2.PackUnsignedSaturate(low, high)
            : Vector128.NarrowWithSaturation(
                Vector128.Max(low, Vector128<short>.Zero).AsUInt16(), Vector128.Max(high, Vector128<short>.Zero).AsUInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> PanelLow(V128<int> first, V128<int> second) => first;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> PanelHigh(V128<int> first, V128<int> second) => second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> NaturalLow(V128<int> low, V128<int> high) => low;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V128<int> NaturalHigh(V128<int> low, V128<int> high) => high;

    private static Vector128<short> Interleave(Vector64<short> a, Vector64<short> b) =>
        Vector128.Create(a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3]);

    private interface ILaneFn
    {
        public static abstract int Apply(int a, int b);
    }

    private readonly struct HighRounded : ILaneFn
    {
        public static int Apply(int a, int b) => (int)(((long)a * b + (1L << 30)) >> 31);
    }

    private readonly struct RightShift : ILaneFn
    {
        public static int Apply(int a, int b) => a >> b;
    }

    private readonly struct LeftShift : ILaneFn
    {
        public static int Apply(int a, int b) => a << b;
    }

    private static V128<int> PerLane<TFn>(V128<int> a, V128<int> b) where TFn : ILaneFn => new(Vector128.Create(
        TFn.Apply(a.Lanes[0], b.Lanes[0]),
        TFn.Apply(a.Lanes[1], b.Lanes[1]),
        TFn.Apply(a.Lanes[2], b.Lanes[2]),
        TFn.Apply(a.Lanes[3], b.Lanes[3])));
}
