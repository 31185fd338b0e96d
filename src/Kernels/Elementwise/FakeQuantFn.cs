using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// Rounds to one of 2^bits levels of a range that is moved so that zero is a level; values beyond are clamped. Float32 arithmetic in the
/// reference's order; halves round away from zero. NaN becomes the least level, as in the reference.
/// </summary>
internal readonly struct FakeQuantFn : IUnaryClosure<float>
{
    private readonly float _low;
    private readonly float _high;
    private readonly float _scale;

    /// <param name="min">The range's least value; a range without zero is moved to begin or end there.</param>
    /// <param name="max">Above min.</param>
    /// <param name="bits">2 to 16.</param>
    public FakeQuantFn(float min, float max, int bits)
    {
        float levels = (1 << bits) - 1;
        _scale = (max - min) / levels;
        float zero = Math.Clamp(MathF.Round(-min / _scale, MidpointRounding.AwayFromZero), 0, levels);
        _low = -zero * _scale;
        _high = (levels - zero) * _scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : unmanaged, ISimd<V, float>
    {
        V shifted = V.Min(V.Max(x, V.Splat(_low)), V.Splat(_high)) - V.Splat(_low);
        return (Rounding.HalfAway(shifted * V.Splat(1f / _scale)) * V.Splat(_scale)) + V.Splat(_low);
    }
}
