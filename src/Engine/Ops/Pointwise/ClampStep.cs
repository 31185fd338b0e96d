using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>Steps of the operators that clamp: floats directly, quantised values rescaled to the output and clamped there.</summary>
internal static class ClampStep
{
    /// <summary>An infinite bound is none.</summary>
    public static IStep Of(in PrepareContext c, float low, float high)
    {
        if (c.Type(0) == DType.Float16) return Flat.AnyFloat<ClampNumbers<float>>(c, new(low, high));
        if (c.Type(0).IsFloat()) return Flat.AnyFloat<Clamp<float>>(c, new(low, high));
        var action = new Quantized(c, low, high);
        return NumberTypes.DispatchNarrow<Quantized, IStep>(c.Type(0), ref action);
    }

    private readonly struct Quantized(PrepareContext c, float low, float high) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            AffineScale input = TensorScale.SymmetricInput(c, 0, mayLack: true), output = TensorScale.SymmetricOutput(c, 0, mayLack: true);
            int least = int.CreateSaturating(T.MinValue), greatest = int.CreateSaturating(T.MaxValue);
            return Flat.Wide<RequantizedClamp, T, T>(c, new(TensorScale.Quotient(input, output), input.ZeroPoint,
                output.ZeroPoint, Math.Max(least, Bound(low, output)), Math.Min(greatest, Bound(high, output))));
        }

        private static int Bound(float real, AffineScale scale) =>
            (int)Math.Clamp(scale.ZeroPoint + (double)MathF.Round(real / scale.Scale, MidpointRounding.AwayFromZero),
                int.MinValue, int.MaxValue);
    }
}
