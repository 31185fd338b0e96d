using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Maths;

/// <summary>x/6 min(max(x + 3, 0), 6) in half floats, rounded after each operation, as the reference does.</summary>
internal readonly struct HardSwishHalf : IScalarUnaryFn<Half, Half>
{
    public Half Apply(Half x) => x * (Half)(1f / 6) * Half.Clamp(x + (Half)3f, Half.Zero, (Half)6f);
}
