using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>Spans of bfloat16 to floats, exactly, and back, rounded to nearest, ties to even. NaN stays NaN.</summary>
internal static class BFloat16Convert
{
    public static void ToFloat(ReadOnlySpan<BFloat16> input, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.Run(new Wide(MemoryMarshal.Cast<BFloat16, ushort>(input), output), input.Length);
    }

    public static void ToBFloat16(ReadOnlySpan<float> input, Span<BFloat16> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.Run(new Narrow(input, MemoryMarshal.Cast<BFloat16, ushort>(output)), input.Length);
    }

    // In bounds: the loop's positions, which both spans have, in both of these.
    internal readonly ref struct Wide(ReadOnlySpan<ushort> input, Span<float> output) : IWideBody
    {
        private readonly ReadOnlySpan<ushort> _input = input;
        private readonly Span<float> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int> =>
            F.Store(L.FromBits(I.ShiftLeft(L.LoadWiden(ref MemoryMarshal.GetReference(_input), i), 16)), ref MemoryMarshal.GetReference(_output), i);
    }

    internal readonly ref struct Narrow(ReadOnlySpan<float> input, Span<ushort> output) : IWideBody
    {
        private readonly ReadOnlySpan<float> _input = input;
        private readonly Span<ushort> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<L, F, I>(nuint i)
            where L : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            F x = F.Load(ref MemoryMarshal.GetReference(_input), i);
            I bits = L.BitsOf(x), last = I.ShiftRightLogical(bits, 16) & I.Splat(1);
            I rounded = I.Select(L.BitsOf(F.Equal(x, x)), bits + I.Splat(0x7FFF) + last, bits | I.Splat(0x400000));
            L.StoreNarrow(I.ShiftRightLogical(rounded, 16), ref MemoryMarshal.GetReference(_output), i);
        }
    }
}
