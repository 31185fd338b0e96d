using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Move;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Fourier;

/// <summary>Real values from complex ones, which are pairs in memory.</summary>
internal static class ComplexParts
{
    /// <summary>The value at <paramref name="part"/>, 0 or 1, of each pair.</summary>
    public static void Take<T>(ReadOnlySpan<T> pairs, int part, Span<T> output) where T : unmanaged, IBinaryNumber<T>
    {
        Lengths.MustMatch(pairs.Length, 2 * output.Length);
        // In bounds: an element of each pair.
        StridedRuns.EverySecond(ref Unsafe.Add(ref MemoryMarshal.GetReference(pairs), part), ref MemoryMarshal.GetReference(output), output.Length);
    }

    /// <summary>The length of each pair as a vector, without overflow; infinite when either part is.</summary>
    public static void Abs(ReadOnlySpan<double> pairs, Span<double> output)
    {
        for (int i = 0; i < output.Length; i++) output[i] = double.Hypot(pairs[2 * i], pairs[2 * i + 1]);
    }

    /// <summary>The same through double arithmetic, rounded twice.</summary>
    public static void Abs(ReadOnlySpan<float> pairs, Span<float> output)
    {
        var action = new Lanes(pairs, output);
        Isa.DispatchHalves(ref action);
    }

    /// <summary>One width, chosen by the caller.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Abs<L, F, D>(ReadOnlySpan<float> pairs, Span<float> output)
        where L : unmanaged, IHalves<F, D>
        where F : unmanaged, ISimd<F, float>
        where D : unmanaged, ISimd<D, double>
    {
        Lengths.MustMatch(pairs.Length, 2 * output.Length);
        ref float from = ref MemoryMarshal.GetReference(pairs);
        ref float to = ref MemoryMarshal.GetReference(output);
        nuint length = (nuint)output.Length, step = (nuint)F.Count, i = 0;
        // In bounds: i + step <= length, and there are twice as many parts; then single pairs.
        for (; i + step <= length; i += step)
            F.Store(Length<L, F, D>(F.Load(ref from, 2 * i), F.Load(ref from, (2 * i) + step)), ref to, i);
        for (; i < length; i++)
        {
            var (a, b) = (Scalar<float>.Load(ref from, 2 * i), Scalar<float>.Load(ref from, (2 * i) + 1));
            Scalar<float>.Store(Length<DoublesScalar, Scalar<float>, Scalar<double>>(a, b), ref to, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F Length<L, F, D>(F a, F b)
        where L : unmanaged, IHalves<F, D>
        where F : unmanaged, ISimd<F, float>
        where D : unmanaged, ISimd<D, double>
    {
        F x = F.Even(a, b), y = F.Odd(a, b), infinite = F.Splat(float.PositiveInfinity);
        F root = L.Join(Root(L.Lower(x), L.Lower(y)), Root(L.Upper(x), L.Upper(y)));
        return F.Select(F.Equal(F.Abs(x), infinite) | F.Equal(F.Abs(y), infinite), infinite, root);

        // The squares of floats are exact.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static D Root(D x, D y) => D.Sqrt((x * x) + (y * y));
    }

    private readonly ref struct Lanes(ReadOnlySpan<float> pairs, Span<float> output) : IHalvesAction
    {
        private readonly ReadOnlySpan<float> _pairs = pairs;
        private readonly Span<float> _output = output;

        public void Invoke<L, F, D>()
            where L : unmanaged, IHalves<F, D>
            where F : unmanaged, ISimd<F, float>
            where D : unmanaged, ISimd<D, double> => Abs<L, F, D>(_pairs, _output);
    }
}
