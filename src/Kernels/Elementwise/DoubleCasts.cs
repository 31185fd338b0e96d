using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>Conversions through double lanes, and of integers of 64 bits, to the same results as <see cref="Casts"/>.</summary>
internal static class DoubleCasts
{
    public static void FromFloats(ReadOnlySpan<float> input, Span<double> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.RunDoubles(new OfFloats(input, output), input.Length);
    }

    /// <summary>The nearest floats, ties to even.</summary>
    public static void ToFloats(ReadOnlySpan<double> input, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.RunDoubles(new Floats(input, output), input.Length);
    }

    /// <summary>Exactly; T is int or uint.</summary>
    public static void FromWords<T>(ReadOnlySpan<T> input, Span<double> output) where T : unmanaged
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.RunDoubles(new OfWords<T>(MemoryMarshal.Cast<T, int>(input), output), input.Length);
    }

    /// <summary>The nearest floats, ties to even.</summary>
    public static void ToFloats(ReadOnlySpan<uint> input, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.RunDoubles(new WordFloats(MemoryMarshal.Cast<uint, int>(input), output), input.Length);
    }

    /// <summary>T is int or uint.</summary>
    public static void ToLongs<T>(ReadOnlySpan<T> input, Span<long> output) where T : unmanaged
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.RunDoubles(new Longs<T>(MemoryMarshal.Cast<T, int>(input), output), input.Length);
    }

    /// <summary>Cut towards zero, saturated to the range of T, which has at most 32 bits, NaN giving its greatest value: its bits in words.</summary>
    public static void ToWords<T>(ReadOnlySpan<double> input, Span<int> output) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.RunDoubles(new Words<T>(input, output), input.Length);
    }

    // In bounds: the loop's positions, which both spans have, in all of these; of a single lane, both halves are at its place.
    internal readonly ref struct OfFloats(ReadOnlySpan<float> input, Span<double> output) : IDoubleBody
    {
        private readonly ReadOnlySpan<float> _input = input;
        private readonly Span<double> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IDoubleBody.At<L, F, I, D>(nuint i)
        {
            F x = F.Load(ref MemoryMarshal.GetReference(_input), i);
            D.Store(L.Lower(x), ref MemoryMarshal.GetReference(_output), i);
            D.Store(L.Upper(x), ref MemoryMarshal.GetReference(_output), i + (nuint)(F.Count - D.Count));
        }
    }

    internal readonly ref struct Floats(ReadOnlySpan<double> input, Span<float> output) : IDoubleBody
    {
        private readonly ReadOnlySpan<double> _input = input;
        private readonly Span<float> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IDoubleBody.At<L, F, I, D>(nuint i)
        {
            ref double from = ref MemoryMarshal.GetReference(_input);
            F.Store(L.Join(D.Load(ref from, i), D.Load(ref from, i + (nuint)(F.Count - D.Count))), ref MemoryMarshal.GetReference(_output), i);
        }
    }

    internal readonly ref struct OfWords<T>(ReadOnlySpan<int> input, Span<double> output) : IDoubleBody where T : unmanaged
    {
        private readonly ReadOnlySpan<int> _input = input;
        private readonly Span<double> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IDoubleBody.At<L, F, I, D>(nuint i)
        {
            I x = I.Load(ref MemoryMarshal.GetReference(_input), i);
            D.Store(WholeDoubles.Of<T, D>(L.Lower(x)), ref MemoryMarshal.GetReference(_output), i);
            D.Store(WholeDoubles.Of<T, D>(L.Upper(x)), ref MemoryMarshal.GetReference(_output), i + (nuint)(F.Count - D.Count));
        }
    }

    internal readonly ref struct WordFloats(ReadOnlySpan<int> input, Span<float> output) : IDoubleBody
    {
        private readonly ReadOnlySpan<int> _input = input;
        private readonly Span<float> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IDoubleBody.At<L, F, I, D>(nuint i)
        {
            I x = I.Load(ref MemoryMarshal.GetReference(_input), i);
            F.Store(L.Join(WholeDoubles.Of<uint, D>(L.Lower(x)), WholeDoubles.Of<uint, D>(L.Upper(x))), ref MemoryMarshal.GetReference(_output), i);
        }
    }

    internal readonly ref struct Longs<T>(ReadOnlySpan<int> input, Span<long> output) : IDoubleBody where T : unmanaged
    {
        private readonly ReadOnlySpan<int> _input = input;
        private readonly Span<long> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IDoubleBody.At<L, F, I, D>(nuint i) =>
            L.StoreLongs<T>(I.Load(ref MemoryMarshal.GetReference(_input), i), ref MemoryMarshal.GetReference(_output), i);
    }

    internal readonly ref struct Words<T>(ReadOnlySpan<double> input, Span<int> output) : IDoubleBody where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        private readonly ReadOnlySpan<double> _input = input;
        private readonly Span<int> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IDoubleBody.At<L, F, I, D>(nuint i)
        {
            ref double from = ref MemoryMarshal.GetReference(_input);
            I.Store(L.JoinWhole(Whole(D.Load(ref from, i)), Whole(D.Load(ref from, i + (nuint)(F.Count - D.Count)))), ref MemoryMarshal.GetReference(_output), i);

            // Min gives its second operand for NaN.
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            static D Whole(D x) => D.Truncate(D.Max(
                D.Min(x, D.Splat(double.CreateTruncating(T.MaxValue))), D.Splat(double.CreateTruncating(T.MinValue))));
        }
    }
}
