using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>x times a number.</summary>
internal readonly struct Multiple(float factor) : IUnaryClosure<float>
{
    public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => x * V.Splat(factor);
}
