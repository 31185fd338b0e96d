using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>One row of a product of quantised activations with int8 weights whose terms are scaled and added in float32, one by one.</summary>
internal static class HybridRow
{
    /// <summary>
    /// sums[n] = sum over k, ascending, of (factors[k] * weights[k, n]) * channelScales[n] * scale, every operation rounded. Weights are
    /// (factors, channels).
    /// </summary>
    public static void Sum(ReadOnlySpan<short> factors, ReadOnlySpan<sbyte> weights, ReadOnlySpan<float> channelScales, float scale, Span<float> sums)
    {
        Lengths.MustReach((long)factors.Length * sums.Length, weights.Length);
        Lengths.MustMatch(channelScales.Length, sums.Length);
        int done = Isa.Current switch
        {
            VectorWidth.V512 => Run<Lanes512, V512<float>, V512<int>>(factors, weights, channelScales, scale, sums, 0),
            VectorWidth.V256 => Run<Lanes256, V256<float>, V256<int>>(factors, weights, channelScales, scale, sums, 0),
            VectorWidth.V128 => Run<Lanes128, V128<float>, V128<int>>(factors, weights, channelScales, scale, sums, 0),
            _ => 0,
        };
        Run<LanesScalar, Scalar<float>, Scalar<int>>(factors, weights, channelScales, scale, sums, done);
    }

    // In bounds: n + Count <= channels, and Sum checked that the weights hold all factors of all channels.
    [MethodImpl(Jit.Loop)]
    private static int Run<L, F, I>(ReadOnlySpan<short> factors, ReadOnlySpan<sbyte> weights, ReadOnlySpan<float> channelScales, float scale, Span<float> sums, int begin)
        where L : unmanaged, ILanes<F, I>
        where F : unmanaged, ISimd<F, float>
        where I : unmanaged, ISimd<I, int>
    {
        ref readonly sbyte weight = ref MemoryMarshal.GetReference(weights);
        ref readonly float scales = ref MemoryMarshal.GetReference(channelScales);
        ref float target = ref MemoryMarshal.GetReference(sums);
        F common = F.Splat(scale);
        int n = begin;
        for (; n + F.Count <= sums.Length; n += F.Count)
        {
            F channels = F.Load(in scales, (nuint)n), sum = F.Splat(0);
            nuint at = (nuint)n;
            foreach (short factor in factors)
            {
                F product = L.ToFloat(L.LoadWiden(in weight, at) * I.Splat(factor));
                sum += product * channels * common;
                at += (nuint)sums.Length;
            }
            F.Store(sum, ref target, (nuint)n);
        }
        return n;
    }
}
