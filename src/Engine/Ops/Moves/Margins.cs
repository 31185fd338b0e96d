using Graft.Kernels.Move;

namespace Graft.Ops.Moves;

/// <summary>Margins before and after each axis, and the moves that surround a tensor with them.</summary>
internal sealed class Margins
{
    private readonly int[] _before;
    private readonly int[] _after;

    private Margins(int[] before, int[] after)
    {
        _before = before;
        _after = after;
    }

    /// <summary>Reads the rows [before, after] of a paddings matrix. Null while its values are unknown.</summary>
    public static Margins? Read(in InferContext c, int input, int rank)
    {
        var shape = c.Shape(input);
        c.Require(shape.Rank == 2 && shape[0] == rank && shape[1] == 2,
            $"paddings must have shape [{rank},2]; they have {shape}");
        if (!c.TryIntegers(input, out int[]? values)) return null;
        foreach (int value in values) c.Require(value >= 0, $"padding {value} is negative");
        return Of(values);
    }

    public static Margins Of(int[] values) =>
        new([.. values.Where((_, i) => i % 2 == 0)], [.. values.Where((_, i) => i % 2 == 1)]);

    public int Before(int axis) => _before[axis];

    public int After(int axis) => _after[axis];

    /// <summary>The padded shape.</summary>
    public int[] Apply(in InferContext c, Shape shape)
    {
        var result = new int[shape.Rank];
        for (int a = 0; a < result.Length; a++)
        {
            long length = (long)shape[a] + _before[a] + _after[a];
            c.Require(length <= int.MaxValue,
                $"padding axis {a} of {shape} by {_before[a]} and {_after[a]} exceeds the limit of {int.MaxValue}");
            result[a] = (int)length;
        }
        return result;
    }

    /// <summary>The box of the target that the input fills.</summary>
    public (CopyAxis[] Axes, long Start) Interior(Shape shape, Shape padded)
    {
        long[] from = Move.Strides(shape), to = Move.Strides(padded);
        var axes = new CopyAxis[shape.Rank];
        long start = 0;
        for (int a = 0; a < axes.Length; a++)
        {
            axes[a] = new(shape[a], from[a], to[a]);
            start += _before[a] * to[a];
        }
        return (axes, start);
    }

    /// <summary>
    /// Boxes that cover the margins once: along each axis those before and after the input, within the input's range of
    /// the axes before it. Their source steps are 0.
    /// </summary>
    public IEnumerable<(CopyAxis[] Axes, long Start)> Boxes(Shape shape, Shape padded)
    {
        var to = Move.Strides(padded);
        long inside = 0;
        for (int a = 0; a < shape.Rank; a++)
        {
            if (_before[a] > 0) yield return (Box(a, _before[a]), inside);
            if (_after[a] > 0) yield return (Box(a, _after[a]), inside + ((long)_before[a] + shape[a]) * to[a]);
            inside += _before[a] * to[a];
        }

        CopyAxis[] Box(int axis, int length)
        {
            var box = new CopyAxis[shape.Rank];
            for (int a = 0; a < box.Length; a++)
            {
                box[a] = new(a < axis ? shape[a] : a == axis ? length : padded[a], 0, to[a]);
            }
            return box;
        }
    }
}
