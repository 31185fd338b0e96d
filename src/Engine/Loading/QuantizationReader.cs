using Graft.Schema;

namespace Graft.Loading;

/// <summary>Reads a tensor's quantisation: per tensor, per axis, or blockwise.</summary>
internal static class QuantizationReader
{
    public static Quantization? Read(TensorView view, Shape shape, string path)
    {
        var q = view.Quantization;
        if (!q.IsPresent) return null;
        path += ".quantization";
        if (q.Details == QuantizationDetails.BlockwiseQuantization)
        {
            var blocks = q.DetailsAs<BlockwiseQuantizationView>();
            if (blocks.BlockSize <= 0) throw TensorReader.Malformed(view, $"{path}.block_size", $"{blocks.BlockSize} is not positive");
            return new([], [], 0, blocks.BlockSize, blocks.Scales);
        }
        var scales = q.Scale;
        if (scales.IsEmpty) return null;
        var zeroPoints = q.ZeroPoint;
        if (zeroPoints.Length != scales.Length && zeroPoints.Length != 1)
        {
            throw TensorReader.Malformed(view, $"{path}.zero_point", $"{zeroPoints.Length} zero points for {scales.Length} scales");
        }
        if (zeroPoints.Length != scales.Length)
        {
            var repeated = new long[scales.Length];
            Array.Fill(repeated, zeroPoints[0]);
            zeroPoints = repeated;
        }
        int axis = q.QuantizedDimension;
        if (scales.Length > 1 && (axis < 0 || axis >= shape.Rank || shape[axis] != scales.Length))
        {
            throw TensorReader.Malformed(view, path, $"{scales.Length} scales along axis {axis} do not fit shape {shape}");
        }
        return new([.. scales], [.. zeroPoints], axis);
    }
}
