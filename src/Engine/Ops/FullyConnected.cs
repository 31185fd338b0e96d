using Graft.Ops.Matrix;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// FULLY_CONNECTED: input (..., inC), weights (outC, inC), bias (outC), output (rows, outC), or (..., outC) with keep_num_dims.
/// </summary>
internal sealed class FullyConnected(bool keepDims, bool asymmetric, ActivationFunctionType activation) : IOp<FullyConnected>, IReadsSparse, IAdaptable
{
    public static OpSignature Signature => new(BuiltinOperator.FullyConnected, 14,
        "f32 f32 f32? -> f32", "f32 i8|u8|i4|i2 f32? -> f32", "u8 u8 i32? -> u8|i16", "i8 i8|i4|i2 i32? -> i8", "i16 i8|i4|i2|i16 i32|i64? -> i16");

    public static FullyConnected Read(in OperatorDef def)
    {
        var options = def.Options<FullyConnectedOptionsView>();
        if (options.WeightsFormat != FullyConnectedOptionsWeightsFormat.Default)
        {
            throw new Errors.UnsupportedOptionException($"weights format {options.WeightsFormat} is not supported (supported: Default)");
        }
        return new(options.KeepNumDims, options.AsymmetricQuantizeInputs, FusedActivation.Check(options.FusedActivationFunction));
    }

    public void Infer(in InferContext c)
    {
        Shape input = c.Shape(0), weights = c.Shape(1);
        c.Require(weights.Rank == 2, $"weights {weights} must have rank 2");
        int k = weights[1];
        if (keepDims)
        {
            c.Require(input.Rank > 0 && input[^1] == k, $"input {input} must end in {k}, the columns of weights {weights}");
            c.SetOutput(0, [.. input.Dimensions[..^1], weights[0]]);
            return;
        }
        if (k == 0 && input.Rank > 0 && input[^1] == 0)
        {
            c.SetOutput(0, (int)input.Product(0, input.Rank - 1), weights[0]);
            return;
        }
        c.Require(k > 0 && input.ElementCount % k == 0, $"input {input} does not divide into rows of {k}, the columns of weights {weights}");
        c.SetOutput(0, (int)(input.ElementCount / k), weights[0]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var weights = c.Shape(1);
        var output = c.OutputShape(0);
        var geometry = ConvAttributes.Product((int)output.Product(0, output.Rank - 1), weights[1], weights[0]);
        if (c.Input(1).Quantization?.BlockSize > 0) return MatrixSteps.Adapted(c, geometry, activation, BlockwiseStep.Prepare);
        return MatrixSteps.Prepare(c, geometry, activation, Rounding.Double, asymmetric, scalesFirst: true);
    }
}
