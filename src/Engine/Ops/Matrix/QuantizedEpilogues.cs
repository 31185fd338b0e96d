using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Quant;
using Graft.Schema;

namespace Graft.Ops.Matrix;

/// <summary>How quantised sums are scaled: it differs between operators of the reference.</summary>
internal enum Rounding
{
    /// <summary>Fixed-point multiplier, two roundings.</summary>
    FixedPoint,

    /// <summary>The same with ties of the second rounding upward; only without a bias.</summary>
    FixedPointUp,

    /// <summary>Double multiplication, one rounding half away from zero.</summary>
    Double,
}

/// <summary>Chooses the epilogue of a quantised layer; operator by operator the data and the bias are different operands.</summary>
internal static class QuantizedEpilogues
{
    /// <param name="c">The node.</param>
    /// <param name="channels">Channels of the output.</param>
    /// <param name="k">Products in a sum.</param>
    /// <param name="activation">The fused activation.</param>
    /// <param name="rounding">How sums are scaled.</param>
    /// <param name="data">The operand that is no weight.</param>
    /// <param name="biasOperand">The bias.</param>
    /// <param name="narrowWithoutBias">Whether sums of 16-bit activations without a bias have 32 bits.</param>
    /// <param name="pixels">Pixels that share a panel.</param>
    /// <param name="weightsByChannel">Whether the first dimension of the weights is the output's channels.</param>
    public static IIntEpilogue For<TOut>(in PrepareContext c, int channels, int k, ActivationFunctionType activation, Rounding rounding,
        int data = 0, int biasOperand = 2, bool narrowWithoutBias = false, int pixels = 1, bool weightsByChannel = true)
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        var bias = c.In(biasOperand);
        bool biasIsLong = bias.IsPresent && c.Type(biasOperand) == DType.Int64;
        // Without a bias, 16-bit activations accumulate in 64 bits unless the option says otherwise.
        bool isWide = c.Type(data) == DType.Int16 && ((bias.IsPresent ? biasIsLong : !narrowWithoutBias) || c.Type(1) == DType.Int16);
        // Two 16-bit factors are scaled in fixed point by every operator.
        if (c.Type(1) == DType.Int16) rounding = Rounding.FixedPoint;
        var range = FusedActivation.QuantizedRange(activation, c.Output(0).Type, c.Output(0).Quantization);
        double greatest = Greatest(c, k, weightsByChannel ? channels : 0, data, biasOperand, isWide);
        var size = !isWide ? SumSize.Int : greatest <= int.MaxValue ? SumSize.LongInInt : SumSize.Long;
        var output = new QuantizedOutput(bias, biasIsLong, size, new(c.Output(0).Quantization?.ZeroPoint ?? 0, range.Min, range.Max), c.Out(0), pixels * channels, channels) { Constant = isWide && size == SumSize.Long ? null : ConstantBias(c, biasOperand, channels, pixels) };
        if (rounding == Rounding.Double) return new DoubleEpilogue<TOut>(output, MatrixScales.Repeat(MatrixScales.Factors(c, channels, data), pixels));
        var multipliers = MatrixScales.Repeat(MatrixScales.Multipliers(c, channels, data), pixels);
        if (rounding == Rounding.FixedPointUp) return new FixedPointUpEpilogue<TOut>(output, multipliers);
        if (isWide)
        {
            foreach (var m in multipliers) c.Require(m.Shift < 15, "a scale factor exceeds 2^14 for 64-bit sums");
            if (!multipliers.All(m => m.Shift is >= OneRounding.ShiftMin and <= OneRounding.ShiftMax)) output = output with { Size = SumSize.Long };
        }
        return new FixedPointEpilogue<TOut>(output, multipliers, greatest);
    }

    /// <summary>No sum with its bias is greater in magnitude; weights are looked at where their channels are known.</summary>
    private static double Greatest(in PrepareContext c, int k, int channels, int data, int biasOperand, bool isWide)
    {
        double left = c.Type(data) == DType.Int16 ? -(double)short.MinValue : byte.MaxValue;
        double right = c.Type(1) switch
        {
            DType.Int16 => -(double)short.MinValue,
            DType.UInt8 => byte.MaxValue,
            _ => 128.0 + Math.Abs(c.Input(1).Quantization?.ZeroPoint ?? 0),
        };
        double bias = GreatestBias(c, biasOperand), greatest = k * left * right + bias;
        return isWide && channels > 0 && greatest > int.MaxValue && c.Type(1) == DType.Int8 ? GreatestColumn(c, channels, k * right) * left + bias : greatest;
    }

    /// <summary>A bias that is constant, or zeros for none, as 32-bit numbers; null where it is neither.</summary>
    private static int[]? ConstantBias(in PrepareContext c, int operand, int channels, int pixels)
    {
        if (!c.HasInput(operand)) return new int[pixels * channels];
        if (!c.TryConstant(operand, out var data)) return null;
        int[] bias = c.Type(operand) == DType.Int64 ? [.. MemoryMarshal.Cast<byte, long>(data.Bytes).ToArray().Select(v => (int)v)] : MemoryMarshal.Cast<byte, int>(data.Bytes).ToArray();
        return MatrixScales.Repeat(bias, pixels);
    }

    private static double GreatestBias(in PrepareContext c, int operand)
    {
        if (!c.HasInput(operand)) return 0;
        if (!c.TryConstant(operand, out var data)) return double.PositiveInfinity;
        double greatest = 0;
        if (c.Type(operand) == DType.Int64)
        {
            foreach (long value in MemoryMarshal.Cast<byte, long>(data.Bytes)) greatest = Math.Max(greatest, Math.Abs((double)value));
        }
        else
        {
            foreach (int value in MemoryMarshal.Cast<byte, int>(data.Bytes)) greatest = Math.Max(greatest, Math.Abs((double)value));
        }
        return greatest;
    }

    /// <summary>The greatest sum of magnitudes of a channel's weights, if they are constant and lie channel by channel.</summary>
    private static double GreatestColumn(in PrepareContext c, int channels, double otherwise)
    {
        if (!c.TryConstant(1, out var data) || c.Input(1).Sparsity is not null || c.Shape(1)[0] != channels) return otherwise;
        var weights = MemoryMarshal.Cast<byte, sbyte>(data.Bytes);
        int length = weights.Length / channels;
        long greatest = 0;
        for (int channel = 0; channel < channels; channel++)
        {
            long sum = 0;
            foreach (sbyte weight in weights.Slice(channel * length, length)) sum += Math.Abs((int)weight);
            greatest = Math.Max(greatest, sum);
        }
        return greatest;
    }
}
