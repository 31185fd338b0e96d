using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>Conversions between float32 and integers of at most 32 bits on vectors, to the same results as <see cref="Casts"/>.</summary>
internal static class LaneCasts
{
    public static void ToFloats<T>(ReadOnlySpan<T> input, Span<float> output) where T : unmanaged, IBinaryInteger<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.Run(new Floats<T>(input, output), input.Length);
    }

    /// <summary>Cut towards zero, saturated; NaN gives the greatest value.</summary>
    public static void ToIntegers<T>(ReadOnlySpan<float> input, Span<T> output) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.Run(new Integers<T>(input, output), input.Length);
    }

    public static void Widen<T>(ReadOnlySpan<T> input, Span<int> output) where T : unmanaged, IBinaryInteger<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.Run(new Wide<T>(input, output), input.Length);
    }

    /// <summary>By dropping bits.</summary>
    public static void Narrow<T>(ReadOnlySpan<int> input, Span<T> output) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.Run(new LowBits<T>(input, output), input.Length);
    }

    // In bounds: the loop's positions, which both spans have, in all of these.
    internal readonly ref struct LowBits<T>(ReadOnlySpan<int> input, Span<T> output) : IWideBody where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        private readonly ReadOnlySpan<int> _input = input;
        private readonly Span<T> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            int dropped = 32 - (8 * Unsafe.SizeOf<T>());
            I x = I.ShiftLeft(I.Load(ref MemoryMarshal.GetReference(_input), i), dropped);
            x = T.IsZero(T.MinValue) ? I.ShiftRightLogical(x, dropped) : I.ShiftRightArithmetic(x, dropped);
            L.StoreNarrow(x, ref MemoryMarshal.GetReference(_output), i);
        }
    }

    internal readonly ref struct Floats<T>(ReadOnlySpan<T> input, Span<float> output) : IWideBody where T : unmanaged, IBinaryInteger<T>
    {
        private readonly ReadOnlySpan<T> _input = input;
        private readonly Span<float> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int> =>
            F.Store(L.ToFloat(L.LoadWiden(ref MemoryMarshal.GetReference(_input), i)), ref MemoryMarshal.GetReference(_output), i);
    }

    internal readonly ref struct Integers<T>(ReadOnlySpan<float> input, Span<T> output) : IWideBody where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        private readonly ReadOnlySpan<float> _input = input;
        private readonly Span<T> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            F x = F.Load(ref MemoryMarshal.GetReference(_input), i);
            I fits = L.BitsOf(F.Less(x, F.Splat(2147483648f)));
            L.StoreNarrow(I.Select(fits, L.ToInt(x), I.Splat(int.MaxValue)), ref MemoryMarshal.GetReference(_output), i);
        }
    }

    internal readonly ref struct Wide<T>(ReadOnlySpan<T> input, Span<int> output) : IWideBody where T : unmanaged, IBinaryInteger<T>
    {
        private readonly ReadOnlySpan<T> _input = input;
        private readonly Span<int> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int> =>
            I.Store(L.LoadWiden(ref MemoryMarshal.GetReference(_input), i), ref MemoryMarshal.GetReference(_output), i);
    }
}
