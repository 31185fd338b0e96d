using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>Integers of 64 bits to the nearest floating point numbers, ties to even.</summary>
internal static class LongCasts
{
    public static void ToDoubles(ReadOnlySpan<long> input, Span<double> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.RunDoubles(new Doubles(MemoryMarshal.Cast<long, int>(input), output), input.Length);
    }

    public static void ToFloats(ReadOnlySpan<long> input, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        LaneLoop.RunDoubles(new Floats(input, output), input.Length);
    }

    /// <summary>The halves of as many integers as there are 32-bit lanes.</summary>
    // In bounds: the caller's positions, of two words each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (I Low, I High) Halves<I>(ref readonly int words, nuint i) where I : unmanaged, ISimd<I, int>
    {
        I a = I.Load(in words, 2 * i), b = I.Load(in words, (2 * i) + (nuint)I.Count);
        return (I.Even(a, b), I.Odd(a, b));
    }

    // The product is exact: the sum rounds once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static D Value<D>(D low, D high) where D : unmanaged, ISimd<D, double> => (high * D.Splat(4294967296)) + WholeDoubles.Of<uint, D>(low);

    // In bounds: the loop's positions, which both spans have; of a single lane, both halves are at its place.
    internal readonly ref struct Doubles(ReadOnlySpan<int> words, Span<double> output) : IDoubleBody
    {
        private readonly ReadOnlySpan<int> _words = words;
        private readonly Span<double> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IDoubleBody.At<L, F, I, D>(nuint i)
        {
            var (low, high) = Halves<I>(ref MemoryMarshal.GetReference(_words), i);
            D.Store(Value(L.Lower(low), L.Lower(high)), ref MemoryMarshal.GetReference(_output), i);
            D.Store(Value(L.Upper(low), L.Upper(high)), ref MemoryMarshal.GetReference(_output), i + (nuint)(F.Count - D.Count));
        }
    }

    internal readonly ref struct Floats(ReadOnlySpan<long> input, Span<float> output) : IDoubleBody
    {
        private readonly ReadOnlySpan<long> _input = input;
        private readonly Span<float> _output = output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IDoubleBody.At<L, F, I, D>(nuint i)
        {
            var (low, high) = Halves<I>(ref Unsafe.As<long, int>(ref MemoryMarshal.GetReference(_input)), i);
            // Beyond 53 bits the double would be rounded, and the float made of it once more.
            if (I.IsZero(I.ShiftRightLogical(high + I.Splat(1 << 20), 21)))
                F.Store(L.Join(Value(L.Lower(low), L.Lower(high)), Value(L.Upper(low), L.Upper(high))), ref MemoryMarshal.GetReference(_output), i);
            else OneByOne((int)i, F.Count);
        }

        private void OneByOne(int begin, int count)
        {
            for (int i = begin; i < begin + count; i++) _output[i] = _input[i];
        }
    }
}
