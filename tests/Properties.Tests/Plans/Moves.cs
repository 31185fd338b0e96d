using Graft.Schema;

namespace Graft.Properties.Plans;

/// <summary>Operators that move whole elements: reshaping, joining, cutting, padding, reordering.</summary>
internal static class Moves
{
    public static void Reshape(Sketch s)
    {
        int[] shape = s.Draw.Shape(least: 0);
        int count = shape.Aggregate(1, (a, b) => a * b);
        var target = new List<int>();
        int rest = count;
        for (int factor = 2; rest > 1 && target.Count < 4; factor++)
        {
            if (rest % factor != 0 || !s.Draw.Bool()) { if (factor > rest) break; continue; }
            target.Add(factor);
            rest /= factor--;
        }
        target.Insert(s.Draw.Int(0, target.Count), count > 0 && s.Draw.Bool() ? -1 : count == 0 ? 0 : rest);
        if (!s.Has(1)) s.Options = new ReshapeOptionsRecord { NewShape = [.. target] };
        var quant = s.Shared(s.Type(0));
        s.Data(shape, Domain.Anything, quant);
        if (s.Has(1)) s.Integers([.. target]);
        s.Result(quant);
    }

    public static void Squeeze(Sketch s)
    {
        int[] shape = s.Draw.Shape(1);
        int[] ones = [.. Enumerable.Range(0, shape.Length).Where(i => shape[i] == 1 && s.Draw.Bool())];
        s.Options = new SqueezeOptionsRecord { SqueezeDims = [.. ones.Select(i => s.Draw.Once(3) ? i - shape.Length : i)] };
        Plain(s, shape);
    }

    public static void ExpandDims(Sketch s)
    {
        int[] shape = s.Draw.Shape(0, 4, 0);
        Plain(s, shape, then: () => s.Integers([s.Draw.Axis(shape.Length + 1)], []));
    }

    public static void Transpose(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 6, 0);
        Plain(s, shape, then: () => s.Integers(s.Draw.Permutation(shape.Length)));
    }

    public static void Tile(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4, 0);
        Plain(s, shape, then: () => s.Integers([.. shape.Select(_ => s.Draw.Int(s.Draw.Once(20) ? 0 : 1, 3))]));
    }

    public static void BroadcastTo(Sketch s)
    {
        int[] shape = s.Draw.Shape(1);
        Plain(s, s.Draw.Narrowed(shape), then: () => s.Integers(shape));
    }

    public static void Concatenation(Sketch s) => Join(s, isPack: false);

    public static void Pack(Sketch s) => Join(s, isPack: true);

    private static void Join(Sketch s, bool isPack)
    {
        int[] shape = s.Draw.Shape(isPack ? 0 : 1, 4);
        int axis = s.Draw.Axis(isPack ? shape.Length + 1 : shape.Length), count = s.Types.Inputs.Count;
        s.Options = isPack ? new PackOptionsRecord { Axis = axis, ValuesCount = count } : new ConcatenationOptionsRecord { Axis = axis };
        var quant = s.Shared(s.Type(0));
        for (int i = 0; i < count; i++)
        {
            int[] part = [.. shape];
            if (!isPack && s.Draw.Bool()) part[axis < 0 ? axis + part.Length : axis] = s.Draw.Int(0, 4);
            s.Data(part, Domain.Anything, quant);
        }
        s.Result(quant);
    }

    public static void Unpack(Sketch s)
    {
        int[] shape = s.Draw.Shape(1);
        int axis = s.Draw.Axis(shape.Length), at = axis < 0 ? axis + shape.Length : axis;
        shape[at] = Math.Min(shape[at], 5);
        s.Options = new UnpackOptionsRecord { Axis = axis, Num = shape[at] };
        Plain(s, shape, results: shape[at]);
    }

    public static void Split(Sketch s)
    {
        int[] shape = s.Draw.Shape(1);
        int axis = s.Draw.Axis(shape.Length), at = axis < 0 ? axis + shape.Length : axis, count = s.Draw.Int(1, 4);
        shape[at] = Math.Min(shape[at], 4) * count;
        s.Options = new SplitOptionsRecord { NumSplits = count };
        s.Integers([axis], []);
        var quant = s.Shared(s.Type(1));
        s.Data(shape, Domain.Anything, quant);
        for (int i = 0; i < count; i++) s.Result(quant);
    }

    public static void SplitSizes(Sketch s)
    {
        int[] shape = s.Draw.Shape(1), sizes = new int[s.Draw.Int(1, 4)];
        int axis = s.Draw.Axis(shape.Length);
        for (int i = 0; i < sizes.Length; i++) sizes[i] = s.Draw.Int(i == 0 ? 1 : 0, 4);
        shape[axis < 0 ? axis + shape.Length : axis] = sizes.Sum();
        if (s.Draw.Bool()) sizes[s.Draw.Int(0, sizes.Length - 1)] = -1;
        s.Options = new SplitVOptionsRecord { NumSplits = sizes.Length };
        Plain(s, shape, () => { s.Integers(sizes); s.Integers([axis], []); }, sizes.Length);
    }

    public static void Slice(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 5, 0), begin = new int[shape.Length], size = new int[shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            begin[i] = s.Draw.Int(0, Math.Max(0, shape[i] - 1));
            size[i] = s.Draw.Once(4) ? -1 : s.Draw.Int(Math.Min(1, shape[i] - begin[i]), shape[i] - begin[i]);
        }
        Plain(s, shape, () => { s.Integers(begin); s.Integers(size); });
    }

    /// <summary>Ranges that are not empty, their ends in every notation.</summary>
    public static void StridedSlice(Sketch s)
    {
        var d = s.Draw;
        int[] shape = d.Shape(1, 5);
        int count = d.Int(1, shape.Length), all = (1 << count) - 1;
        int[] begin = new int[count], end = new int[count], stride = new int[count];
        // New axes and the ellipsis shift which axis a range is for: then each fits any axis.
        bool shifted = d.Once(3), offset = !shifted && d.Once(6);
        int shrink = !shifted && d.Once(3) ? d.Int(0, all) : 0, beginMask = offset ? 0 : d.Int(0, all) & ~shrink, endMask = offset ? 0 : d.Int(0, all) & ~shrink;
        for (int i = 0; i < count; i++)
        {
            int low = shifted ? 0 : d.Int(0, shape[i] - 1), high = shifted ? int.MaxValue : d.Int(low + 1, shape[i]);
            stride[i] = (shrink >> i & 1) != 0 ? 1 : offset ? d.Int(1, 3) : d.Of(1, 1, 2, -1, 3, -2);
            bool back = stride[i] < 0;
            begin[i] = back ? high == int.MaxValue ? high : Position(d, high - 1, shape[i]) : shifted || offset ? low : Position(d, low, shape[i]);
            end[i] = back ? low == 0 ? int.MinValue : low - 1 : offset ? high - low : high == shape[i] && d.Bool() ? high + d.Int(0, 2) : high;
            if ((shrink >> i & 1) != 0) end[i] = begin[i] + 1;
        }
        s.Options = new StridedSliceOptionsRecord
        {
            BeginMask = beginMask,
            EndMask = endMask,
            ShrinkAxisMask = shrink,
            EllipsisMask = shifted && d.Bool() ? 1 << d.Int(0, count - 1) : 0,
            NewAxisMask = shifted && d.Bool() ? 1 << d.Int(0, count - 1) : 0,
            Offset = offset,
        };
        Plain(s, shape, () => { s.Integers(begin); s.Integers(end); s.Integers(stride); });
    }

    /// <summary>A position counted from either end.</summary>
    private static int Position(Draw draw, int at, int length) => draw.Once(3) ? at - length : at;

    public static void Pad(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 5);
        var quant = s.Shared(s.Type(0));
        s.Data(shape, Domain.Anything, quant);
        s.Integers([.. Margins(s.Draw, shape, 3)], [shape.Length, 2]);
        if (s.Types.Inputs.Count > 2)
        {
            if (s.Has(2)) s.Constant([], Domain.Real, quant);
            else s.Absent();
        }
        s.Result(quant);
    }

    public static void MirrorPad(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 5);
        bool symmetric = s.Draw.Bool();
        s.Options = new MirrorPadOptionsRecord { Mode = symmetric ? MirrorPadMode.Symmetric : MirrorPadMode.Reflect };
        int[] margins = [.. Margins(s.Draw, shape, 3)];
        for (int i = 0; i < margins.Length; i++) margins[i] = Math.Min(margins[i], shape[i / 2] - (symmetric ? 0 : 1));
        Plain(s, shape, () => s.Integers(margins, [shape.Length, 2]));
    }

    private static IEnumerable<int> Margins(Draw draw, int[] shape, int most) => Enumerable.Range(0, 2 * shape.Length).Select(_ => draw.Int(0, most));

    public static void Reverse(Sketch s)
    {
        int[] shape = s.Draw.Shape(1);
        int[] axes = s.Draw.Axes(shape.Length);
        Plain(s, shape, () => s.Integers(axes.Length == 0 ? [0] : axes));
    }

    public static void ReverseSequence(Sketch s)
    {
        int[] shape = s.Draw.Shape(2, 4);
        int sequence = s.Draw.Int(0, shape.Length - 1), batch = (sequence + s.Draw.Int(1, shape.Length - 1)) % shape.Length;
        s.Options = new ReverseSequenceOptionsRecord { SeqDim = sequence, BatchDim = batch };
        Plain(s, shape, () => s.Integers([.. Enumerable.Range(0, shape[batch]).Select(_ => s.Draw.Int(1, shape[sequence]))]));
    }

    public static void SpaceToBatch(Sketch s)
    {
        var d = s.Draw;
        int[] block = [.. Enumerable.Range(0, d.Int(1, 2)).Select(_ => d.Int(1, 3))];
        int[] shape = [d.Int(1, 3), .. block.Select(_ => d.Int(1, 5)), d.Of(1, 2, 3, 8)];
        int[] paddings = new int[2 * block.Length];
        for (int i = 0; i < block.Length; i++)
        {
            paddings[2 * i] = d.Int(0, 2);
            paddings[(2 * i) + 1] = block[i] - 1 - ((shape[i + 1] + paddings[2 * i] - 1) % block[i]);
        }
        Plain(s, shape, () => { s.Integers(block); s.Integers(paddings, [block.Length, 2]); });
    }

    public static void BatchToSpace(Sketch s)
    {
        var d = s.Draw;
        int[] block = [.. Enumerable.Range(0, d.Int(1, 2)).Select(_ => d.Int(1, 3))];
        int[] shape = [d.Int(1, 2) * block.Aggregate(1, (a, b) => a * b), .. block.Select(_ => d.Int(1, 4)), d.Of(1, 2, 3, 8)];
        int[] crops = new int[2 * block.Length];
        for (int i = 0; i < block.Length; i++)
        {
            int spare = (shape[i + 1] * block[i]) - 1;
            crops[2 * i] = d.Int(0, Math.Min(2, spare));
            crops[(2 * i) + 1] = d.Int(0, Math.Min(2, spare - crops[2 * i]));
        }
        Plain(s, shape, () => { s.Integers(block); s.Integers(crops, [block.Length, 2]); });
    }

    public static void SpaceToDepth(Sketch s)
    {
        int block = s.Draw.Int(1, 3);
        s.Options = new SpaceToDepthOptionsRecord { BlockSize = block };
        Plain(s, [s.Draw.Int(1, 2), block * s.Draw.Int(1, 4), block * s.Draw.Int(1, 4), s.Draw.Of(1, 2, 3, 8)]);
    }

    public static void DepthToSpace(Sketch s)
    {
        int block = s.Draw.Int(1, 3);
        s.Options = new DepthToSpaceOptionsRecord { BlockSize = block };
        Plain(s, [s.Draw.Int(1, 2), s.Draw.Int(1, 4), s.Draw.Int(1, 4), block * block * s.Draw.Of(1, 2, 3, 8)]);
    }

    public static void Dilate(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4);
        s.Data(shape, Domain.Anything);
        s.Integers([.. shape.Select(_ => s.Draw.Int(1, 3))]);
        s.Constant([], Domain.Real);
        s.Result();
    }

    public static void Diagonal(Sketch s) => Plain(s, s.Draw.Shape(1, 4));

    public static void SetDiagonal(Sketch s)
    {
        int[] shape = s.Draw.Shape(2, 4);
        var quant = s.Shared(s.Type(0));
        s.Data(shape, Domain.Anything, quant);
        s.Data([.. shape[..^2], Math.Min(shape[^1], shape[^2])], Domain.Anything, quant);
        s.Result(quant);
    }

    public static void Resize(Sketch s, Func<bool, bool, IBuiltinOptionsRecord> options)
    {
        var d = s.Draw;
        int way = d.Int(0, 2);
        s.Options = options(way == 1, way == 2);
        var quant = s.Shared(s.Type(0));
        s.Data([d.Int(1, 2), d.Int(1, 7), d.Int(1, 7), d.Of(1, 2, 3, 8, 17)], Domain.Real, quant);
        s.Integers([d.Int(1, 9), d.Int(1, 9)]);
        s.Result(quant);
    }

    public static void ShapeOf(Sketch s)
    {
        s.Options = new ShapeOptionsRecord { OutType = (TensorType)s.Types.Outputs[0] };
        s.Data(s.Draw.Shape(least: 0), Domain.Real);
        s.Result();
    }

    /// <summary>Data, what follows it, and outputs, all with one quantisation.</summary>
    public static void Plain(Sketch s, int[] shape, Action? then = null, int results = 1)
    {
        var quant = s.Shared(s.Type(0));
        s.Data(shape, Domain.Anything, quant);
        then?.Invoke();
        for (int i = 0; i < results; i++) s.Result(quant);
    }
}
