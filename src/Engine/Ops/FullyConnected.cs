using Graft.Errors;
using Graft.Ops.Matrix;
using Graft.Ops.Recurrent;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// FULLY_CONNECTED: input (..., inC), weights (outC, inC), bias (outC), output (rows, outC), or (..., outC) with keep_num_dims.
/// </summary>
internal sealed class FullyConnected(bool keepDims, bool asymmetric, bool shuffled, ActivationFunctionType activation)
    : IOp<FullyConnected>, IReadsSparse, IAdaptable
{
    public static OpSignature Signature => new(BuiltinOperator.FullyConnected, 14,
        "f32 f32 f32? -> f32", "f16 f16 f16? -> f16", "f32 i8|u8|i4|i2 f32? -> f32", "u8 u8 i32? -> u8|i16",
        "i8 i8|i4|i2 i32? -> i8", "i16 i8|i4|i2|i16 i32|i64? -> i16", "u8 u8 i32 -> i16 u8");

    public static FullyConnected Read(in OperatorDef def)
    {
        var options = def.Options<FullyConnectedOptionsView>();
        bool shuffled = options.WeightsFormat == FullyConnectedOptionsWeightsFormat.Shuffled4x16Int8;
        if (!shuffled && options.WeightsFormat != FullyConnectedOptionsWeightsFormat.Default)
        {
            throw new UnsupportedOptionException(
                $"weights format {options.WeightsFormat} is not supported (supported: Default, Shuffled4x16Int8)");
        }
        if (shuffled != def.Outputs.Length > 1)
            throw new UnsupportedOptionException("shuffled weights, and they alone, come with a second output for the shuffled input");
        FusedActivation.Check(options.FusedActivationFunction);
        return new(options.KeepNumDims, options.AsymmetricQuantizeInputs, shuffled, options.FusedActivationFunction);
    }

    public void Infer(in InferContext c)
    {
        Shape input = c.Shape(0), weights = c.Shape(1);
        c.Require(weights.Rank == 2, $"weights {weights} must have rank 2");
        c.SetOutput(0, OutputShape(c, input, weights));
        if (shuffled) c.SetOutput(1, input);
    }

    private int[] OutputShape(in InferContext c, Shape input, Shape weights)
    {
        int k = weights[1];
        if (keepDims)
        {
            c.Require(input.Rank > 0 && input[^1] == k, $"input {input} must end in {k}, the columns of weights {weights}");
            return [.. input.Dimensions[..^1], weights[0]];
        }
        if (k == 0 && input.Rank > 0 && input[^1] == 0) return [(int)input.Product(0, input.Rank - 1), weights[0]];
        c.Require(k > 0 && input.ElementCount % k == 0, $"input {input} does not divide into rows of {k}, the columns of weights {weights}");
        return [(int)(input.ElementCount / k), weights[0]];
    }

    public IStep Prepare(in PrepareContext c)
    {
        var weights = c.Shape(1);
        var output = c.OutputShape(0);
        // Sums of nothing are zero bytes, whatever the bias, the scale and the zero point, as in the reference.
        if (weights[1] == 0) return new ZeroStep(c.Out(0));
        var geometry = ConvAttributes.Product((int)output.Product(0, output.Rank - 1), weights[1], weights[0]);
        if (shuffled) return ShuffledStep.Prepare(c, geometry, activation);
        if (c.Type(0) == DType.Float16) return HalfProductStep.Prepare(c, geometry, FusedActivation.Range(activation));
        var step = c.Input(1).Quantization?.BlockSize > 0 ? MatrixSteps.Adapted(c, geometry, activation, BlockwiseStep.Prepare)
            : MatrixSteps.Prepare(c, geometry, activation, RoundingOf(c), asymmetric, scalesFirst: true);
        return c.Type(0) == DType.Float32 && c.Type(1) is not (DType.Float32 or DType.Float16) ? Activated(c, step) : step;
    }

    /// <summary>Only the optimised kernels of the reference make int16 of uint8 without a bias, and they round otherwise.</summary>
    private static Rounding RoundingOf(in PrepareContext c) =>
        c.Type(0) == DType.UInt8 && c.Output(0).Type == DType.Int16 && !c.HasInput(2) ? Rounding.FixedPointUp : Rounding.Double;

    /// <summary>With quantised weights, activations that are no clamp are honoured, as in the reference; see <see cref="FusedActivation"/>.</summary>
    private IStep Activated(in PrepareContext c, IStep step) => activation switch
    {
        ActivationFunctionType.Tanh or ActivationFunctionType.SignBit => new Sequence(step, new ActivationStep(c.Out(0), CellActivation.Function(activation))),
        _ => step,
    };
}
