using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Recurrent;

/// <summary>Changes every element of a vector.</summary>
internal delegate void VectorFunction(Span<float> values);

/// <summary>
/// The activations of recurrent cells, in place. Bounded ones turn a NaN into their lower bound, as the reference does for these cells;
/// the curved ones have the error bounds of <see cref="CellSigmoid"/> and <see cref="CellTanh"/>, or of the functions that they name.
/// </summary>
internal static class Activations
{
    public static void None(Span<float> values)
    {
    }

    public static void Sigmoid(Span<float> values) => Map.Apply<CellSigmoid, float>(values, values);

    public static void Tanh(Span<float> values) => Map.Apply<CellTanh, float>(values, values);

    /// <summary>By <see cref="Maths.Sigmoid"/>.</summary>
    public static void PreciseSigmoid(Span<float> values) => Map.Apply<Sigmoid, float>(values, values);

    /// <summary>By <see cref="Maths.Tanh"/>.</summary>
    public static void PreciseTanh(Span<float> values) => Map.Apply<Tanh, float>(values, values);

    public static void Relu(Span<float> values) => Map.Apply(new Bounded(0, float.PositiveInfinity), values, values);

    public static void Relu6(Span<float> values) => Map.Apply(new Bounded(0, 6), values, values);

    public static void ReluN1To1(Span<float> values) => Map.Apply(new Bounded(-1, 1), values, values);

    /// <summary>1 where the sign bit is set, also for -0, otherwise 0.</summary>
    public static void SignBit(Span<float> values) => Map.Apply<SignBitFn, float>(values, values);

    private readonly struct Bounded(float low, float high) : IUnaryClosure<float>
    {
        // Min and Max give their second operand for NaN and for two zeros.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => V.Max(V.Min(V.Splat(high), x), V.Splat(low));
    }

    private readonly struct SignBitFn : IUnaryFn<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => V.ShiftRightArithmetic(x, 31) & V.Splat(1);
    }
}
