using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;

namespace Graft.Kernels.Recurrent;

/// <summary>Changes every element of a vector.</summary>
internal delegate void VectorFunction(Span<float> values);

/// <summary>The activations of recurrent cells, in place.</summary>
internal static class Activations
{
    public static void None(Span<float> values)
    {
    }

    public static void Sigmoid(Span<float> values) => Map.Apply<Sigmoid, float>(values, values);

    public static void Tanh(Span<float> values) => Map.Apply<Tanh, float>(values, values);

    public static void Relu(Span<float> values) => Map.Apply(new Clamp<float>(0, float.PositiveInfinity), values, values);

    public static void Relu6(Span<float> values) => Map.Apply(new Clamp<float>(0, 6), values, values);

    /// <summary>1 for negative values, -0 among them, otherwise 0.</summary>
    public static void SignBit(Span<float> values)
    {
        foreach (ref float value in values) value = float.IsNegative(value) ? 1 : 0;
    }

    public static void ReluN1To1(Span<float> values) => Map.Apply(new Clamp<float>(-1, 1), values, values);
}
