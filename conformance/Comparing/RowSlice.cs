using Graft.Conformance.Reading;

namespace Graft.Conformance.Comparing;

/// <summary>
/// Takes the rows of an output of which a golden kept only some: along the second-last axis, of a tensor of one batch.
/// </summary>
internal static class RowSlice
{
    public static bool TryTake(
        (int First, int Last) rows, GoldenTensor golden, DType type, ref Shape shape, ref ReadOnlySpan<byte> bytes,
            out string problem)
    {
        problem = "";
        bool fits = shape.Rank >= 2 && shape.Product(0, shape.Rank - 2) == 1 && rows.First <= rows.Last
            && rows.Last < shape[^2];
        if (!fits)
        {
            problem = $"shape {shape} has no rows {rows.First} to {rows.Last}";
            return false;
        }
        int rowBytes = (int)type.ByteCount(shape[^1]);
        int[] dimensions = [.. shape.Dimensions];
        dimensions[^2] = rows.Last - rows.First + 1;
        shape = new Shape(dimensions);
        if (golden.Shape != shape)
        {
            problem = $"rows {rows.First} to {rows.Last} have shape {shape}, expected {golden.Shape}";
            return false;
        }
        bytes = bytes.Slice(rows.First * rowBytes, dimensions[^2] * rowBytes);
        return true;
    }
}
