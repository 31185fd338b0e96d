using Graft.Schema;

namespace Graft.Properties.Plans;

/// <summary>Operators that look up or place elements by index, or make tensors from a few numbers.</summary>
internal static class Indexing
{
    public static void Gather(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4);
        int at = s.Draw.Int(0, shape.Length - 1), batch = s.Draw.Once(3) ? s.Draw.Int(0, at) : 0;
        s.Options = new GatherOptionsRecord { Axis = s.Draw.Once(3) ? at - shape.Length : at, BatchDims = batch };
        int[] positions = [.. shape[..batch], .. s.Draw.Shape(0, 2)];
        var quant = s.Shared(s.Type(0));
        s.Data(shape, Domain.Anything, quant);
        s.Indices(Below(s.Draw, Count(positions), shape[at]), positions);
        s.Result(quant);
    }

    public static void GatherNd(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4), outer = s.Draw.Shape(0, 2);
        int depth = s.Draw.Int(1, shape.Length);
        var quant = s.Shared(s.Type(0));
        s.Data(shape, Domain.Anything, quant);
        s.Indices(Tuples(s.Draw, Count(outer), shape[..depth]), [.. outer, depth]);
        s.Result(quant);
    }

    public static void ScatterNd(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4);
        int depth = s.Draw.Int(1, shape.Length), count = s.Draw.Int(1, 5);
        s.Indices(Tuples(s.Draw, count, shape[..depth]), [count, depth]);
        s.Data([count, .. shape[depth..]], Domain.Dyadic, null, bounded: true);
        s.Integers(shape);
        s.Result();
    }

    public static void SparseToDense(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 3);
        int[] places = Distinct(s.Draw, Count(shape));
        int[] tuples = [.. places.SelectMany(place => Position(place, shape))];
        s.Options = new SparseToDenseOptionsRecord();
        s.Indices(tuples, [places.Length, shape.Length]);
        s.Integers(shape);
        s.Data(s.Draw.Once(3) ? [] : [places.Length], Domain.Real);
        s.Constant([], Domain.Real);
        s.Result();
    }

    public static void EmbeddingLookup(Sketch s)
    {
        int[] table = s.Draw.Shape(2, 3);
        // Rows that share a byte: the reference reads the wrong part of it.
        if (s.Type(1).IsPacked()) table[^1] *= 8 / s.Type(1).Bits();
        int count = s.Draw.Int(1, 5);
        bool dequantises = s.Types.Outputs[0] != s.Type(1);
        s.Indices(Below(s.Draw, count, table[0]), [count]);
        var quant = dequantises ? s.Weights(s.Type(1), table, 0) with { ZeroPoint = 0 } : s.Shared(s.Type(1));
        s.Constant(table, Domain.Real, quant);
        s.Result(dequantises ? null : quant);
    }

    public static void UpdateSlice(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4), part = [.. shape.Select(length => s.Draw.Int(1, length))];
        var quant = s.Shared(s.Type(0));
        s.Data(shape, Domain.Anything, quant);
        s.Data(part, Domain.Anything, quant);
        s.Indices([.. shape.Select(length => s.Draw.Int(-1, length))], [shape.Length]);
        s.Result(quant);
    }

    public static void OneHot(Sketch s)
    {
        int[] shape = s.Draw.Shape(0, 3);
        int depth = s.Draw.Int(1, 6);
        s.Options = new OneHotOptionsRecord { Axis = s.Draw.Int(-1, shape.Length) };
        s.Indices([.. Enumerable.Range(0, Count(shape)).Select(_ => s.Draw.Int(-1, depth))], shape);
        s.Integers([depth], []);
        var quant = s.Shared(s.Type(2));
        s.Constant([], Domain.Real, quant);
        s.Constant([], Domain.Real, quant);
        s.Result(quant);
    }

    public static void Fill(Sketch s)
    {
        s.Integers(s.Draw.Shape(0, 4, 0));
        var quant = s.Shared(s.Type(1));
        s.Data([], Domain.Real, quant);
        s.Result(quant);
    }

    public static void Range(Sketch s)
    {
        int from = s.Draw.Int(0, 9), count = s.Draw.Int(1, 20), step = s.Draw.Int(1, 3);
        foreach (int number in (int[])[from, from + (count * step), step]) s.Data([], Domain.Whole(number, number), null, bounded: true);
        s.Result();
    }

    public static void Where(Sketch s)
    {
        s.Data(s.Draw.Shape(1, 4), Domain.Whole(0, 1), null, bounded: true);
        s.Result();
    }

    public static void BroadcastArgs(Sketch s)
    {
        int[] shape = s.Draw.Shape(1);
        s.Integers(s.Draw.Narrowed(shape));
        s.Indices(shape, [shape.Length]);
        s.Result();
    }

    private static int Count(int[] shape) => shape.Aggregate(1, (a, b) => a * b);

    private static int[] Below(Draw draw, int count, int bound) => [.. Enumerable.Range(0, count).Select(_ => draw.Int(0, bound - 1))];

    private static int[] Tuples(Draw draw, int count, int[] bounds) =>
        [.. Enumerable.Range(0, count).SelectMany(_ => bounds.Select(bound => draw.Int(0, bound - 1)))];

    /// <summary>Some of the numbers below a bound, rising.</summary>
    private static int[] Distinct(Draw draw, int bound)
    {
        var places = new List<int>();
        for (int at = draw.Int(0, Math.Min(2, bound - 1)); at < bound && places.Count < 5; at += draw.Int(1, 4)) places.Add(at);
        return [.. places];
    }

    private static int[] Position(int place, int[] shape)
    {
        int[] position = new int[shape.Length];
        for (int axis = shape.Length - 1; axis >= 0; axis--) (place, position[axis]) = Math.DivRem(place, shape[axis]);
        return position;
    }
}
