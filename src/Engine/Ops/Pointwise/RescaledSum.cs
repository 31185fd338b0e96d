using System.Numerics;
using Graft.Kernels.Quant;
using Graft.Ops.Matrix;
using Graft.Schema;

namespace Graft.Ops.Pointwise;

/// <summary>Steps of sums and differences of quantised tensors.</summary>
internal static class RescaledSum
{
    /// <summary>int8 and uint8 always have scales; int16 without any is plain integers.</summary>
    public static bool Applies(in PrepareContext c) =>
        c.Type(0) is DType.Int8 or DType.UInt8 || (c.Type(0) == DType.Int16 && c.Input(0).Quantization is not null);

    /// <param name="c">The node.</param>
    /// <param name="activation">The fused activation.</param>
    /// <param name="powersOfTwo">Whether int16 scales that are powers of two are exchanged for shifts.</param>
    public static IStep Step<TOp>(in PrepareContext c, ActivationFunctionType activation, bool powersOfTwo)
        where TOp : struct, ICombination
    {
        var action = new Quantized<TOp>(c, activation, powersOfTwo);
        return NumberTypes.DispatchNarrow<Quantized<TOp>, IStep>(c.Type(0), ref action);
    }

    private readonly struct Quantized<TOp>(PrepareContext c, ActivationFunctionType activation, bool powersOfTwo)
        : IIntegerAction<IStep>
        where TOp : struct, ICombination
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            AffineScale a = TensorScale.SymmetricInput(c, 0), b = TensorScale.SymmetricInput(c, 1);
            var output = TensorScale.SymmetricOutput(c, 0);
            var (low, high) = FusedActivation.QuantizedRange(activation, c.Output(0).Type, c.Output(0).Quantization);
            bool isShort = c.Type(0) == DType.Int16;
            if (isShort && powersOfTwo && PowerOfTwo.Is(a.Scale) && PowerOfTwo.Is(b.Scale) && PowerOfTwo.Is(output.Scale))
            {
                int shiftA = PowerOfTwo.Exponent(output.Scale) - PowerOfTwo.Exponent(a.Scale);
                int shiftB = PowerOfTwo.Exponent(output.Scale) - PowerOfTwo.Exponent(b.Scale);
                c.Require(Math.Min(shiftA, shiftB) == 0 && Math.Max(shiftA, shiftB) < 16,
                    $"int16 scales {a.Scale:R} and {b.Scale:R} need an output scale equal to the greater of them, not {output.Scale:R}");
                return Broadcast.Wide<PotRescaled<TOp>, T, T>(c, new(shiftA, shiftB, low, high));
            }
            int leftShift = isShort ? Rescaled<TOp>.Shift16 : Rescaled<TOp>.Shift8;
            c.Require(2.0 * Math.Max(a.Scale, b.Scale) / (1 << leftShift) < output.Scale,
                $"output scale {output.Scale:R} is too small for input scales {a.Scale:R} and {b.Scale:R}");
            return Broadcast.Wide<Rescaled<TOp>, T, T>(c, new(a, b, output, leftShift, low, high));
        }
    }
}
