using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Maths;

/// <summary>GELU, or its approximation by tanh, in half floats, rounded after each operation and function, as the reference does.</summary>
internal readonly struct GeluHalf(bool approximate) : IScalarUnaryFn<Half, Half>
{
    private static readonly Half s_minusRootHalf = (Half)(-0.70710678118654752440f);
    private static readonly Half s_rootTwoOverPi = (Half)0.79788456080286535588f;
    private static readonly Half s_cubic = (Half)0.044715f;

    public Half Apply(Half x)
    {
        Half half = (Half)0.5f * x;
        if (!approximate) return half * (Half)(float)ErfDouble.Erfc((double)(x * s_minusRootHalf));
        Half inner = s_rootTwoOverPi * (x + (s_cubic * (x * x * x)));
        return half * (Half.One + (Half)MathF.Tanh((float)inner));
    }
}
