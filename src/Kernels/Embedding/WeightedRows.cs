using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Embedding;

/// <summary>Weighted sums of rows.</summary>
internal static class WeightedRows
{
    /// <summary>sum += row * weight, with two roundings.</summary>
    public static void Add(ReadOnlySpan<float> row, float weight, Span<float> sum)
    {
        Lengths.MustMatch(row.Length, sum.Length);
        if (Isa.Current == VectorWidth.V512) Zip.Dense<AddScaled, float, V512<float>>(new(weight), sum, row, sum);
        else if (Isa.Current == VectorWidth.V256) Zip.Dense<AddScaled, float, V256<float>>(new(weight), sum, row, sum);
        else if (Isa.Current == VectorWidth.V128) Zip.Dense<AddScaled, float, V128<float>>(new(weight), sum, row, sum);
        else Zip.Dense<AddScaled, float, Scalar<float>>(new(weight), sum, row, sum);
    }

    private readonly struct AddScaled(float weight) : IBinaryClosure<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V sum, V x) where V : unmanaged, ISimd<V, float> => sum + x * V.Splat(weight);
    }
}
