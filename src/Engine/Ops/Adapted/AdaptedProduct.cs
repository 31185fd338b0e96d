using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Ops.Matrix;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>Makes the step of a batched product that is a linear layer, with a slot.</summary>
internal static class AdaptedProduct
{
    /// <param name="c">The node.</param>
    /// <param name="layer">Which factor is the weight.</param>
    /// <param name="product">Sizes.</param>
    /// <param name="plain">The node without an adapter.</param>
    /// <param name="makeSums">Makes the step whose sums of integers end in a given epilogue.</param>
    public static IStep Wrap(in PrepareContext c, in LinearProduct layer, BatchProduct product, IStep plain, Func<IIntEpilogue, IStep> makeSums)
    {
        int perMatrix = layer.YieldsColumns ? product.N : product.M, outputs = layer.YieldsColumns ? product.M : product.N;
        var geometry = ConvAttributes.Product(product.Count * perMatrix, product.K, outputs);
        var (data, operand) = (c.Input(layer.Data), c.In(layer.Data));
        var input = layer.HasColumns ? PatchRows.OfColumns(data, geometry, perMatrix, operand) : PatchRows.Of(data, geometry, operand);
        if (input is null || product.K == 0 || !LinearLayers.TakeDeltas(data, c.Output(0))) return plain;
        var (linear, output) = data.Type switch
        {
            DType.Float32 => Float(c, layer, product, plain),
            DType.Int8 => Quantized<sbyte>(c, layer, product, makeSums),
            _ => Quantized<short>(c, layer, product, makeSums),
        };
        var shape = c.OutputShape(0).Dimensions;
        var layout = Sequences.Rows(c, layer.YieldsColumns ? [.. shape[..^2], shape[^1]] : shape[..^1]);
        return AdaptedMatrix.Of(c, geometry, plain, linear, layout, input, output, hasResidual: !layer.YieldsColumns);
    }

    private static (IStep Linear, LinearRows Output) Float(in PrepareContext c, in LinearProduct layer, BatchProduct product, IStep plain)
    {
        if (!layer.YieldsColumns) return (plain, new FloatRows(product.N, c.Out(0), (float.NegativeInfinity, float.PositiveInfinity)));
        var rows = c.ScratchShared((long)product.Count * product.M * product.N * sizeof(float));
        var linear = new Sequence(plain, new TransposeMatrices<float>(product.Count, product.M, product.N, c.Out(0), rows));
        return (linear, new FloatColumns(product.M, product.N, rows, c.Out(0)));
    }

    private static (IStep Linear, LinearRows Output) Quantized<T>(in PrepareContext c, in LinearProduct layer, BatchProduct product, Func<IIntEpilogue, IStep> makeSums)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        double input = c.Input(0).Quantization!.Scale;
        double[] scales = [.. MatrixScales.Weights(c, product.N).Select(w => input * w)];
        long length = (long)product.Count * product.M * product.N * sizeof(float);
        var sums = c.ScratchShared(length);
        var linear = makeSums(new FloatSums(new Operand(-1), false, typeof(T) == typeof(short), scales, sums));
        var quantization = c.Output(0).Quantization!;
        var range = (int.CreateTruncating(T.MinValue), int.CreateTruncating(T.MaxValue));
        if (!layer.YieldsColumns) return (linear, new QuantizedRowsOut<T>(product.N, sums, c.Out(0), quantization.Scale, quantization.ZeroPoint, range));
        var rows = c.ScratchShared(length);
        return (new Sequence(linear, new TransposeMatrices<float>(product.Count, product.M, product.N, new Operand(-1), rows, sums)),
            new QuantizedColumns<T>(product.M, product.N, rows, c.Out(0), quantization.Scale, quantization.ZeroPoint));
    }
}
