using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SCATTER_ND: zeros of the shape in input 2, with the updates (input 1) added at the slices that the tuples in input 0
/// name.
/// </summary>
internal sealed class ScatterNd : IOp<ScatterNd>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.ScatterNd, 1, $"i32|i64 {NumberTypes.All}|bool i32|i64 -> =1");

    public static ScatterNd Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        if (!c.TryIntegers(2, out int[]? target)) return;
        Shape tuples = c.Shape(0), updates = c.Shape(1);
        int outer = tuples.Rank - 1, depth = tuples.Rank > 0 ? tuples[^1] : 0;
        bool fits = tuples.Rank > 0 && c.Shape(2).Rank == 1 && depth <= target.Length
            && updates.Rank == outer + target.Length - depth;
        for (int d = 0; fits && d < updates.Rank; d++)
        {
            fits = updates[d] == (d < outer ? tuples[d] : target[d - outer + depth]);
        }
        c.Require(fits, $"indices {tuples} and updates {updates} do not fit shape [{string.Join(",", target)}]: "
            + "updates must have the shape of the indices without their last axis, then that of a slice");
        c.SetOutput(0, target);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var tuples = c.Shape(0);
        var target = c.OutputShape(0);
        var rows = new Shape(target.Dimensions[..tuples[^1]]);
        var scatter = new Layout(c.In(0), c.In(1), c.Out(0), checked((int)tuples.Product(0, tuples.Rank - 1)),
            checked((int)target.Product(rows.Rank, target.Rank)), rows.Dimensions.ToArray(), Move.Strides(rows));
        bool wide = c.Type(0) == DType.Int64;
        if (c.Type(1) == DType.Bool)
        {
            return wide ? new Step<OrFn<byte>, byte, long>(scatter) : new Step<OrFn<byte>, byte, int>(scatter);
        }
        var make = new Make { Layout = scatter, IsWide = wide };
        return NumberTypes.Dispatch<Make, IStep>(c.Type(1), ref make);
    }

    private sealed record Layout(Operand Indices, Operand Updates, Operand Output, int Count, int RowLength,
        int[] Dimensions, long[] Strides);

    private struct Make : INumberAction<IStep>
    {
        public Layout Layout;
        public bool IsWide;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
            IsWide ? new Step<AddFn<T>, T, long>(Layout) : new Step<AddFn<T>, T, int>(Layout);
    }

    private sealed class Step<TFn, T, TIndex>(Layout layout) : IStep
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public void Run(in RunContext c)
        {
            var output = c.Write<T>(layout.Output);
            output.Clear();
            var tuples = c.Read<TIndex>(layout.Indices);
            int wrong = IndexTuples.Scatter<TFn, T, TIndex>(c.Read<T>(layout.Updates), output, tuples,
                layout.Dimensions, layout.Strides, layout.RowLength, layout.Count);
            if (wrong < 0) return;
            int depth = layout.Dimensions.Length;
            string tuple = string.Join(",", tuples.Slice(wrong * depth, depth).ToArray());
            StepFault.Raise($"index [{tuple}] (number {wrong}) is outside [{string.Join(",", layout.Dimensions)}]");
        }
    }
}
