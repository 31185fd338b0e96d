using Graft.Kernels.Elementwise;

namespace Graft.Ops.Pointwise;

/// <summary>An operator on the elements of two inputs, broadcast together.</summary>
internal abstract class BinaryOp : IOp, IInPlace, IPointwise
{
    public ReadOnlySpan<int> InPlaceInputs => [0, 1];

    public virtual void Infer(in InferContext c) => SetBroadcast(c);

    public abstract IStep Prepare(in PrepareContext c);

    /// <summary>Output 0 has the shape of inputs 0 and 1 aligned at their last axis, lengths being equal or 1.</summary>
    private static void SetBroadcast(in InferContext c)
    {
        Shape a = c.Shape(0), b = c.Shape(1);
        if (a == b)
        {
            c.SetOutput(0, a);
            return;
        }
        int rank = Math.Max(a.Rank, b.Rank);
        c.Require(rank <= BroadcastShape.RankMax,
            $"shapes {a} and {b} do not broadcast: at most {BroadcastShape.RankMax} axes are supported");
        var result = new int[rank];
        for (int fromEnd = 1; fromEnd <= rank; fromEnd++)
        {
            int x = fromEnd > a.Rank ? 1 : a[^fromEnd], y = fromEnd > b.Rank ? 1 : b[^fromEnd];
            c.Require(x == y || x == 1 || y == 1,
                $"shapes {a} and {b} do not broadcast: aligned at the last axis, lengths must be equal or 1");
            result[^fromEnd] = x == 1 ? y : x;
        }
        c.SetOutput(0, result);
    }
}
