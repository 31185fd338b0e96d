using Graft.Schema;

namespace Graft.Properties.Plans;

/// <summary>Operators that reduce axes or rows.</summary>
internal static class Reducing
{
    public static void Sum(Sketch s) => Reduce(s, Domain.Summed(s.Draw), s.Free(s.Types.Outputs[0]));

    public static void Product(Sketch s) => Reduce(s, new(0.5, 1.5), s.Free(s.Types.Outputs[0]));

    /// <summary>The output's quantisation is the input's.</summary>
    public static void Extreme(Sketch s) => Reduce(s, Domain.Real, null);

    private static void Reduce(Sketch s, Domain domain, Quant? result)
    {
        s.Options = new ReducerOptionsRecord { KeepDims = s.Draw.Bool() };
        int[] shape = s.Draw.Shape(1);
        var quant = s.Free(s.Type(0));
        int[] axes = s.Draw.Axes(shape.Length);
        s.Data(shape, domain, quant);
        s.Integers(axes.Length == 0 ? [0] : axes);
        s.Result(result ?? quant);
    }

    public static void ArgMax(Sketch s) => Arg(s, new ArgMaxOptionsRecord { OutputType = (TensorType)s.Types.Outputs[0] });

    public static void ArgMin(Sketch s) => Arg(s, new ArgMinOptionsRecord { OutputType = (TensorType)s.Types.Outputs[0] });

    private static void Arg(Sketch s, IBuiltinOptionsRecord options)
    {
        s.Options = options;
        int[] shape = s.Draw.Shape(1);
        s.Data(shape, s.Draw.Bool() ? Domain.Dyadic : Domain.Real);
        s.Integers([s.Draw.Axis(shape.Length)], []);
        s.Result();
    }

    /// <summary>Rows along the last axis, into a prescribed quantisation.</summary>
    public static Action<Sketch> Rows(int power, int zeroPoint, Func<Draw, IBuiltinOptionsRecord> options, int rankMin = 1, int rankMax = 4) => s =>
    {
        s.Options = options(s.Draw);
        s.Data(s.Draw.Shape(rankMin, rankMax), Domain.Real, s.Free(s.Type(0)));
        s.Result(Quants.Fixed(s.Types.Outputs[0], power, zeroPoint));
    };

    public static void Cumsum(Sketch s)
    {
        s.Options = new CumsumOptionsRecord { Exclusive = s.Draw.Bool(), Reverse = s.Draw.Bool() };
        int[] shape = s.Draw.Shape(1);
        s.Data(shape, Domain.Summed(s.Draw));
        s.Integers([s.Draw.Axis(shape.Length)], []);
        s.Result();
    }

    public static void TopK(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4);
        var quant = s.Shared(s.Type(0));
        s.Data(shape, s.Draw.Bool() ? Domain.Dyadic : Domain.Real, quant);
        s.Integers([s.Draw.Int(1, shape[^1])], []);
        s.Result(quant);
        s.Result();
    }

    /// <summary>Segment numbers that rise from 0.</summary>
    public static void SortedSegments(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4);
        int[] ids = new int[shape[0]];
        for (int i = 1; i < ids.Length; i++) ids[i] = ids[i - 1] + (s.Draw.Bool() ? 1 : 0);
        s.Data(shape, Domain.Summed(s.Draw));
        s.Integers(ids);
        s.Result();
    }

    /// <summary>Segment numbers in any order; negative ones count for nothing.</summary>
    public static void Segments(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4);
        int count = s.Draw.Int(1, 6), outer = s.Draw.Int(1, shape.Length);
        int[] numbered = shape[..outer];
        int[] ids = new int[numbered.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < ids.Length; i++) ids[i] = s.Draw.Int(0, count - 1);
        s.Data(shape, s.Type(0).IsFloat() ? new(0.5, 1.5) : Domain.Whole(-9, 9), null, bounded: true);
        s.Integers(ids, numbered);
        s.Integers([count], []);
        s.Result();
    }

    public static void Unique(Sketch s)
    {
        s.Options = new UniqueOptionsRecord { IdxOutType = (TensorType)s.Types.Outputs[1] };
        s.Data(s.Draw.Shape(1, 1), Domain.Whole(0, 6), null, bounded: true);
        s.Result();
        s.Result();
    }

    public static void Bucketize(Sketch s)
    {
        float[] boundaries = new float[s.Draw.Int(1, 6)];
        for (int i = 1; i < boundaries.Length; i++) boundaries[i] = boundaries[i - 1] + s.Draw.Of(1f, 0.5f, 3f);
        s.Options = new BucketizeOptionsRecord { Boundaries = boundaries };
        s.Data(s.Draw.Shape(least: 0), new(-4, 12), null, bounded: true);
        s.Result();
    }
}
