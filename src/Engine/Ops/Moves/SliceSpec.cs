using Graft.Schema;

namespace Graft.Ops.Moves;

/// <summary>The options of STRIDED_SLICE: bit i of a mask belongs to index i of begin, end and strides.</summary>
internal sealed record SliceSpec(int BeginMask, int EndMask, int EllipsisMask, int NewAxisMask, int ShrinkMask,
    bool EndIsSize)
{
    /// <summary>Indices that the masks can describe.</summary>
    public const int IndicesMax = 31;

    public static SliceSpec Read(StridedSliceOptionsView options) =>
        new(options.BeginMask, options.EndMask, options.EllipsisMask, options.NewAxisMask, options.ShrinkAxisMask,
            options.Offset);

    /// <summary>
    /// What happens to each axis, in order. Begin and end are null while unknown. Null when a length is not determined
    /// yet.
    /// </summary>
    /// <param name="problem">Why the slice is impossible; empty when it is not.</param>
    public SliceAxis[]? Resolve(Shape shape, int count, int[]? begin, int[]? end, int[] strides, out string problem)
    {
        problem = "";
        int added = 0;
        for (int i = 0; i < count; i++) added += Has(NewAxisMask, i) && !Has(EllipsisMask, i) ? 1 : 0;
        var axes = new List<SliceAxis>();
        int axis = 0;
        for (int i = 0; i < count; i++)
        {
            if (Has(EllipsisMask, i))
            {
                // As many axes as the other indices leave over.
                for (int n = shape.Rank - (count - added - 1); n > 0 && axis < shape.Rank; n--)
                {
                    axes.Add(SliceAxis.Whole(axis, shape[axis++]));
                }
            }
            else if (Has(NewAxisMask, i)) axes.Add(SliceAxis.New);
            else if (axis == shape.Rank)
            {
                problem = $"index {i} has no axis left in shape {shape}";
                return null;
            }
            else
            {
                problem = Bound(i, axis, shape[axis++], begin, end, strides[i], out var bound);
                if (problem.Length > 0 || bound is null) return null;
                axes.Add(bound.Value);
            }
        }
        while (axis < shape.Rank) axes.Add(SliceAxis.Whole(axis, shape[axis++]));
        return [.. axes];
    }

    private string Bound(int i, int axis, int size, int[]? begin, int[]? end, int stride, out SliceAxis? bound)
    {
        bound = null;
        if (stride == 0) return $"stride {i} is 0";
        bool shrinks = Has(ShrinkMask, i), fromStart = Has(BeginMask, i), toEnd = Has(EndMask, i);
        int first = stride > 0 ? 0 : -1, last = stride > 0 ? size : size - 1;
        if (shrinks && stride < 0) return $"index {i} keeps one element, but its stride {stride} is negative";
        if (shrinks && begin is null && !fromStart)
        {
            bound = new SliceAxis(axis, 0, 1, 1, false, i);
            return "";
        }
        if ((begin is null && !fromStart) || (end is null && (!toEnd || EndIsSize) && !shrinks)) return "";
        long start = fromStart ? (stride > 0 ? 0 : size - 1)
            : Math.Clamp(begin![i] < 0 ? (long)begin[i] + size : begin[i], first, last);
        if (shrinks)
        {
            if (start >= size || (!fromStart && begin![i] < -size))
            {
                return $"begin {begin?[i]} of index {i} is outside [{-size}, {size - 1}]";
            }
            bound = new SliceAxis(axis, (int)start, 1, 1, false, -1);
            return "";
        }
        long length = EndIsSize ? end![i] : Stop(end?[i] ?? 0) - start;
        length = (length < 0) != (stride < 0) ? 0 : length == 0 ? 0 : (length - Math.Sign(stride)) / stride + 1;
        if (length > 0 && (start + (length - 1) * stride < 0 || start + (length - 1) * stride >= size))
        {
            return $"index {i} reads {length} elements from {start} in steps of {stride}, "
                + $"beyond the {size} of axis {axis}";
        }
        bound = new SliceAxis(axis, (int)start, (int)length, stride, true, -1);
        return "";

        long Stop(int value) =>
            toEnd ? (stride > 0 ? size : -1) : Math.Clamp(value < 0 ? (long)value + size : value, first, last);
    }

    private static bool Has(int mask, int i) => i < IndicesMax && (mask >> i & 1) != 0;
}

/// <summary>
/// One axis of a strided slice; axis -1 is new. The start is that of index <paramref name="Index"/> at run time if it
/// is not -1.
/// </summary>
internal readonly record struct SliceAxis(int Axis, int Start, int Length, int Stride, bool IsKept, int Index)
{
    public static SliceAxis New => new(-1, 0, 1, 1, true, -1);

    public static SliceAxis Whole(int axis, int size) => new(axis, 0, size, 1, true, -1);
}
