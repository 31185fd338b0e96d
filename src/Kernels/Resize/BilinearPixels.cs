using System.Runtime.CompilerServices;
using Graft.Kernels.Quant;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Resize;

/// <summary>Float32 pixels and weights.</summary>
internal readonly struct FloatBilinear : IBilinear<float, float>
{
    public static void Row(ReadOnlySpan<float> low, ReadOnlySpan<float> high, in Tap<float> row, ReadOnlySpan<Tap<float>> columns, int depth, Span<float> output)
    {
        if (Isa.Current == VectorWidth.V512) Run<V512<float>>(low, high, row, columns, depth, output);
        else if (Isa.Current == VectorWidth.V256) Run<V256<float>>(low, high, row, columns, depth, output);
        else if (Isa.Current == VectorWidth.V128) Run<V128<float>>(low, high, row, columns, depth, output);
        else Run<Scalar<float>>(low, high, row, columns, depth, output);
    }

    private static void Run<V>(ReadOnlySpan<float> low, ReadOnlySpan<float> high, in Tap<float> row, ReadOnlySpan<Tap<float>> columns, int depth, Span<float> output)
        where V : unmanaged, ISimd<V, float> =>
        BilinearRow.Run<Pixels<V>, V, Pixels<Scalar<float>>, Scalar<float>, float, float>(low, high, row, columns, depth, output);

    private readonly struct Pixels<V> : IPixelLanes<float, float, V> where V : unmanaged, ISimd<V, float>
    {
        public static int Count => V.Count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Splat(float weight) => V.Splat(weight);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Weigh(ref readonly float origin, nuint offset, V row, V column) => V.Load(in origin, offset) * row * column;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add(V a, V b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(V sum, ref float origin, nuint offset) => V.Store(sum, ref origin, offset);
    }
}

/// <summary>Uint8 pixels, float32 weights; rounds half up.</summary>
internal readonly struct ByteBilinear : IBilinear<byte, float>
{
    public static void Row(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, in Tap<float> row, ReadOnlySpan<Tap<float>> columns, int depth, Span<byte> output)
    {
        if (Isa.Current == VectorWidth.V512) Run<Lanes512, V512<float>, V512<int>>(low, high, row, columns, depth, output);
        else if (Isa.Current == VectorWidth.V256) Run<Lanes256, V256<float>, V256<int>>(low, high, row, columns, depth, output);
        else if (Isa.Current == VectorWidth.V128) Run<Lanes128, V128<float>, V128<int>>(low, high, row, columns, depth, output);
        else Run<LanesScalar, Scalar<float>, Scalar<int>>(low, high, row, columns, depth, output);
    }

    private static void Run<L, F, I>(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, in Tap<float> row, ReadOnlySpan<Tap<float>> columns, int depth, Span<byte> output)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int> =>
        BilinearRow.Run<Pixels<L, F, I>, F, Pixels<LanesScalar, Scalar<float>, Scalar<int>>, Scalar<float>, byte, float>(low, high, row, columns, depth, output);

    private readonly struct Pixels<L, F, I> : IPixelLanes<byte, float, F>
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        public static int Count => F.Count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static F Splat(float weight) => F.Splat(weight);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static F Weigh(ref readonly byte origin, nuint offset, F row, F column) =>
            L.ToFloat(L.LoadWiden(in origin, offset)) * row * column;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static F Add(F a, F b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(F sum, ref byte origin, nuint offset) =>
            L.StoreNarrow(L.ToInt(sum + F.Splat(0.5f)), ref origin, offset);
    }
}

/// <summary>Int8 pixels, weights in 1/1024; rounds half away from zero. Sums wrap in between, never in the end.</summary>
internal readonly struct SByteBilinear : IBilinear<sbyte, int>
{
    public static void Row(ReadOnlySpan<sbyte> low, ReadOnlySpan<sbyte> high, in Tap<int> row, ReadOnlySpan<Tap<int>> columns, int depth, Span<sbyte> output)
    {
        if (Isa.Current == VectorWidth.V512) Run<Lanes512, V512<float>, V512<int>>(low, high, row, columns, depth, output);
        else if (Isa.Current == VectorWidth.V256) Run<Lanes256, V256<float>, V256<int>>(low, high, row, columns, depth, output);
        else if (Isa.Current == VectorWidth.V128) Run<Lanes128, V128<float>, V128<int>>(low, high, row, columns, depth, output);
        else Run<LanesScalar, Scalar<float>, Scalar<int>>(low, high, row, columns, depth, output);
    }

    private static void Run<L, F, I>(ReadOnlySpan<sbyte> low, ReadOnlySpan<sbyte> high, in Tap<int> row, ReadOnlySpan<Tap<int>> columns, int depth, Span<sbyte> output)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int> =>
        BilinearRow.Run<Pixels<L, F, I>, I, Pixels<LanesScalar, Scalar<float>, Scalar<int>>, Scalar<int>, sbyte, int>(low, high, row, columns, depth, output);

    private readonly struct Pixels<L, F, I> : IPixelLanes<sbyte, int, I>
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        public static int Count => I.Count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static I Splat(int weight) => I.Splat(weight);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static I Weigh(ref readonly sbyte origin, nuint offset, I row, I column) => L.LoadWiden(in origin, offset) * row * column;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static I Add(I a, I b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(I sum, ref sbyte origin, nuint offset) =>
            L.StoreNarrow(FixedPointLanes<L, F, I>.DivideByPot(sum, 2 * Tap.FixedBits), ref origin, offset);
    }
}

/// <summary>Int16 pixels, weights in 1/1024, 64-bit sums; rounds half away from zero.</summary>
internal readonly struct ShortBilinear : IBilinear<short, int>
{
    public static void Row(ReadOnlySpan<short> low, ReadOnlySpan<short> high, in Tap<int> row, ReadOnlySpan<Tap<int>> columns, int depth, Span<short> output) =>
        BilinearRow.Run<Pixels, long, Pixels, long, short, int>(low, high, row, columns, depth, output);

    private readonly struct Pixels : IPixelLanes<short, int, long>
    {
        private const long One = 1L << (2 * Tap.FixedBits);

        public static int Count => 1;

        public static long Splat(int weight) => weight;

        // In bounds: by contract of the loop.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static long Weigh(ref readonly short origin, nuint offset, long row, long column) =>
            Unsafe.Add(ref Unsafe.AsRef(in origin), offset) * row * column;

        public static long Add(long a, long b) => a + b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(long sum, ref short origin, nuint offset) =>
            Unsafe.Add(ref origin, offset) = (short)((sum + (sum > 0 ? One / 2 : -One / 2)) / One);
    }
}
