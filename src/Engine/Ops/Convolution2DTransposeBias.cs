using System.Runtime.InteropServices;
using Graft.Errors;
using Graft.Ops.Transposed;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// The custom operator Convolution2DTransposeBias: a transposed convolution of data (batch, height, width, inC) with weights
/// (outC, kH, kW, inC) and a bias. SAME makes sizes times strides, VALID what the filter reaches.
/// </summary>
internal sealed class Convolution2DTransposeBias(bool isSame, int strideY, int strideX) : IOp<Convolution2DTransposeBias>
{
    /// <summary>The options are a C structure of int32: padding (1 SAME, 2 VALID), stride along width, stride along height, and unused ones.</summary>
    private const int FieldCount = 3, Same = 1, Valid = 2;

    private readonly TransposedWindow _height = new(isSame, strideY, 1), _width = new(isSame, strideX, 1);

    public static OpSignature Signature => new("Convolution2DTransposeBias", "f32 f32 f32 -> f32");

    public static Convolution2DTransposeBias Read(in OperatorDef def)
    {
        int byteCount = def.CustomOptions.Length;
        if (byteCount < FieldCount * sizeof(int)) throw new UnsupportedOptionException($"the options have {byteCount} bytes; {FieldCount} int32 at least are expected");
        var fields = MemoryMarshal.Cast<byte, int>(def.CustomOptions);
        if (fields[0] is not (Same or Valid)) throw new UnsupportedOptionException($"padding {fields[0]} is neither SAME (1) nor VALID (2)");
        var op = new Convolution2DTransposeBias(fields[0] == Same, fields[2], fields[1]);
        op._height.Check();
        op._width.Check();
        return op;
    }

    public void Infer(in InferContext c)
    {
        Shape data = c.Shape(0), weights = c.Shape(1);
        c.Require(data.Rank == 4 && weights.Rank == 4, $"data {data} and weights {weights} must have 4 dimensions");
        c.Require(weights.ElementCount > 0 && data[1] > 0 && data[2] > 0, $"data {data} or weights {weights} are empty");
        c.Require(data[3] == weights[3], $"data {data} do not fit weights {weights} in channels");
        long height = Size(data[1], strideY, weights[1]), width = Size(data[2], strideX, weights[2]);
        bool fits = Math.Max(height, width) <= int.MaxValue && _height.Fits((int)height, weights[1]) && _width.Fits((int)width, weights[2]);
        c.Require(fits, $"an output of {height}x{width} is too large");
        c.SetOutput(0, data[0], (int)height, (int)width, weights[0]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var geometry = TransposedPlane.Geometry(c.Shape(0), c.Shape(1), c.OutputShape(0), _height, _width);
        return TransposedSteps.Prepare(c, geometry, new(Data: 0, Weights: 1, Bias: 2), ActivationFunctionType.None);
    }

    private long Size(int input, int stride, int filter) => isSame ? (long)input * stride : (input - 1L) * stride + filter;
}
