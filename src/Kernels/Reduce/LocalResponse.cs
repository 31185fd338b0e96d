using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// Local response normalisation of a row: output[c] = input[c] * (bias + alpha * sum of input[c - radius .. c + radius]^2)^-beta, the window
/// cut at the row's ends. The sum slides as the reference's does: the square that enters is added, the one that leaves subtracted, each times
/// alpha. The power is taken with roots where beta is 1/2, 3/4 or 1, in double else: within 3 units in the last place of the sum's result.
/// </summary>
internal static class LocalResponse
{
    public static void Row(ReadOnlySpan<float> input, int radius, float bias, float alpha, float beta, Span<float> squares, Span<float> output)
    {
        if (Isa.Current == VectorWidth.V512) Run<V512<float>>(input, radius, bias, alpha, beta, squares, output);
        else if (Isa.Current == VectorWidth.V256) Run<V256<float>>(input, radius, bias, alpha, beta, squares, output);
        else if (Isa.Current == VectorWidth.V128) Run<V128<float>>(input, radius, bias, alpha, beta, squares, output);
        else Run<Scalar<float>>(input, radius, bias, alpha, beta, squares, output);
    }

    /// <summary>One width, chosen by the caller. <paramref name="squares"/> are as many as the row's elements.</summary>
    public static void Run<V>(ReadOnlySpan<float> input, int radius, float bias, float alpha, float beta, Span<float> squares, Span<float> output)
        where V : unmanaged, ISimd<V, float>
    {
        Lengths.MustMatch(input.Length, squares.Length);
        Lengths.MustMatch(input.Length, output.Length);
        Zip.Dense<Zip.Stateless<MulFn<float>, float>, float, V>(default, input, input, squares);
        Slide(squares, Math.Min(radius, input.Length), alpha, output);
        if (beta == 0.5f) Scale<Root, V>(input, bias, output);
        else if (beta == 0.75f) Scale<ThreeQuarters, V>(input, bias, output);
        else if (beta == 1f) Scale<First, V>(input, bias, output);
        else Zip.Dense<AnyPower, float, V>(new(bias, -beta), input, output, output);
    }

    private static void Slide(Span<float> squares, int radius, float alpha, Span<float> sums)
    {
        foreach (ref float square in squares) square *= alpha;
        float sum = 0;
        for (int i = 0; i < radius; i++) sum += squares[i];
        for (int i = 0; i < sums.Length; i++)
        {
            if (i < sums.Length - radius) sum += squares[i + radius];
            sums[i] = sum;
            if (i >= radius) sum -= squares[i - radius];
        }
    }

    private readonly struct AnyPower(float bias, float exponent) : IBinaryClosure<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x, V sum) where V : unmanaged, ISimd<V, float> => x * Maths.ThroughDoubles<Maths.PowFn>.Apply(V.Splat(bias) + sum, V.Splat(exponent));
    }

    private static void Scale<TPower, V>(ReadOnlySpan<float> input, float bias, Span<float> output)
        where TPower : struct, IUnaryFn<float>
        where V : unmanaged, ISimd<V, float> =>
        Zip.Dense<Scaling<TPower>, float, V>(new(bias), input, output, output);

    private readonly struct Scaling<TPower>(float bias) : IBinaryClosure<float> where TPower : struct, IUnaryFn<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x, V sum) where V : unmanaged, ISimd<V, float> =>
            x * (V.Splat(1) / TPower.Apply(V.Splat(bias) + sum));
    }

    private readonly struct Root : IUnaryFn<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => V.Sqrt(x);
    }

    private readonly struct ThreeQuarters : IUnaryFn<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
        {
            V root = V.Sqrt(x);
            return root * V.Sqrt(root);
        }
    }

    private readonly struct First : IUnaryFn<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => x;
    }
}
