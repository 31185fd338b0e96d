using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// Spans of half floats to floats, exactly, and back, rounded to nearest, ties to even. NaN stays NaN.
/// </summary>
internal static class HalfConvert
{
    public static void ToFloat(ReadOnlySpan<Half> input, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        var action = new Widen { Input = MemoryMarshal.Cast<Half, ushort>(input), Output = output };
        Isa.Dispatch(ref action);
    }

    public static void ToHalf(ReadOnlySpan<float> input, Span<Half> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        var action = new Narrow { Input = input, Output = MemoryMarshal.Cast<Half, ushort>(output) };
        Isa.Dispatch(ref action);
    }

    internal ref struct Widen : ILanesAction
    {
        public required ReadOnlySpan<ushort> Input { get; init; }
        public required Span<float> Output { get; init; }

        [MethodImpl(Jit.Loop)]
        public void Invoke<TLanes, F, I>()
            where TLanes : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            ref ushort from = ref MemoryMarshal.GetReference(Input);
            ref float to = ref MemoryMarshal.GetReference(Output);
            nuint length = (nuint)Input.Length;
            nuint i = 0;
            // In bounds: i + Count <= length, which both spans have; then the elements up to it.
            for (; i + (nuint)I.Count <= length; i += (nuint)I.Count)
                F.Store(HalfLanes<TLanes, F, I>.ToFloat(TLanes.LoadWiden(ref from, i)), ref to, i);
            if (i == length) return;
            int count = (int)(length - i);
            I rest = PartialLanes<TLanes, F, I>.LoadWiden(ref from, i, count);
            F.StorePartial(HalfLanes<TLanes, F, I>.ToFloat(rest), ref to, i, count);
        }
    }

    internal ref struct Narrow : ILanesAction
    {
        public required ReadOnlySpan<float> Input { get; init; }
        public required Span<ushort> Output { get; init; }

        [MethodImpl(Jit.Loop)]
        public void Invoke<TLanes, F, I>()
            where TLanes : unmanaged, ILanes<F, I>
            where F : unmanaged, ISimd<F, float>
            where I : unmanaged, ISimd<I, int>
        {
            ref float from = ref MemoryMarshal.GetReference(Input);
            ref ushort to = ref MemoryMarshal.GetReference(Output);
            nuint length = (nuint)Input.Length;
            nuint i = 0;
            // In bounds: as in Widen.
            for (; i + (nuint)I.Count <= length; i += (nuint)I.Count)
                TLanes.StoreNarrow(HalfLanes<TLanes, F, I>.FromFloat(F.Load(ref from, i)), ref to, i);
            if (i == length) return;
            int count = (int)(length - i);
            I rest = HalfLanes<TLanes, F, I>.FromFloat(F.LoadPartial(ref from, i, count));
            PartialLanes<TLanes, F, I>.StoreNarrow(rest, ref to, i, count);
        }
    }
}
