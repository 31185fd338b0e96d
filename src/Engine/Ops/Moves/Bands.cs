using Graft.Kernels.Move;

namespace Graft.Ops.Moves;

/// <summary>Joining tensors along an axis and splitting them: rows of the whole are bands, one of each part.</summary>
internal static class Bands
{
    /// <summary>
    /// Sources are written side by side. <paramref name="widths"/> are the elements of each source's row.
    /// </summary>
    public static CopyMover Join(DType type, long rows, ReadOnlySpan<long> widths)
    {
        var mover = new CopyMover(type);
        long whole = Sum(widths), at = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            mover.Copy([new(checked((int)rows), widths[i], whole), new(checked((int)widths[i]), 1, 1)], 0, at,
                source: i);
            at += widths[i];
        }
        return mover;
    }

    /// <summary>The inverse: each target gets its band of the source's rows.</summary>
    public static CopyMover Split(DType type, long rows, ReadOnlySpan<long> widths)
    {
        var mover = new CopyMover(type);
        long whole = Sum(widths), at = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            mover.Copy([new(checked((int)rows), whole, widths[i]), new(checked((int)widths[i]), 1, 1)], at, 0,
                target: i);
            at += widths[i];
        }
        return mover;
    }

    /// <summary>The step that splits input <paramref name="input"/> along an axis into all outputs.</summary>
    public static IStep SplitStep(in PrepareContext c, int input, int axis)
    {
        var shape = c.Shape(input);
        var widths = new long[c.OutputCount];
        var outputs = new int[c.OutputCount];
        long inner = shape.Product(axis + 1, shape.Rank);
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = i;
            // An UNPACK output lacks the axis: its band is one index wide.
            widths[i] = c.OutputShape(i).Rank < shape.Rank ? inner : c.OutputShape(i)[axis] * inner;
        }
        return Move.Step(c, Split(c.Type(input), shape.Product(0, axis), widths), [input], outputs);
    }

    private static long Sum(ReadOnlySpan<long> widths)
    {
        long sum = 0;
        foreach (long width in widths) sum += width;
        return sum;
    }
}
