using System.Numerics;
using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SPARSE_TO_DENSE: a tensor of the shape in input 1, the values in input 2 at the indices in input 0, input 3
/// elsewhere.
/// </summary>
internal sealed class SparseToDense : IOp<SparseToDense>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.SparseToDense, 3, $"i32|i64 i32|i64 {Move.Types} =2 -> =2");

    public static SparseToDense Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        Shape indices = c.Shape(0), values = c.Shape(2);
        int depth = indices.Rank == 2 ? indices[1] : 1, count = indices.Rank == 0 ? 1 : indices[0];
        c.Require(indices.Rank <= 2 && c.Shape(1).Rank == 1 && c.Shape(1)[0] == depth,
            $"indices {indices} do not fit a tensor whose shape is given by {c.Shape(1)} values");
        c.Require(values.Rank == 0 || (values.Rank == 1 && values[0] == count),
            $"values must have shape [{count}] or []; they have {values}");
        c.Require(c.Shape(3).ElementCount == 1, $"the default must be a scalar; it has shape {c.Shape(3)}");
        if (c.TryIntegers(1, out int[]? shape)) c.SetOutput(0, shape);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var make = new Make
        {
            Indices = c.In(0),
            Count = c.Shape(0).Rank == 0 ? 1 : c.Shape(0)[0],
            Shape = c.OutputShape(0),
            Type = c.Type(2),
            IsScalar = c.Shape(2).Rank == 0,
        };
        return Move.Step(c, NumberTypes.DispatchIndex<Make, IMover>(c.Type(0), ref make), [2, 3], [0]);
    }

    private struct Make : IIndexAction<IMover>
    {
        public Operand Indices;
        public int Count;
        public Shape Shape;
        public DType Type;
        public bool IsScalar;

        public readonly IMover Invoke<T>() where T : unmanaged, IBinaryInteger<T> =>
            new Mover<T>(Indices, Count, Shape.Dimensions.ToArray(), Move.Strides(Shape), Move.ElementBytes(Type),
                IsScalar, ElementFill.Of(Type, Shape.ElementCount));
    }

    private sealed class Mover<TIndex>(Operand indices, int count, int[] dimensions, long[] strides, int width,
        bool isScalar, StridedCopy fill) : IMover
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public int Units => 1;

        public long Cost => fill.Cost;

        public void Run(in MoveMemory memory, int begin, int end)
        {
            if (begin >= end) return;
            var tuples = memory.Context.Read<TIndex>(indices);
            var values = memory.Source(0);
            var target = memory.Target(0);
            fill.Run(memory.Source(1), target);
            for (int n = 0; n < count; n++)
            {
                var tuple = tuples.Slice(n * dimensions.Length, dimensions.Length);
                long at = IndexTuples.Row(tuple, dimensions, strides);
                if (at < 0)
                {
                    StepFault.Raise($"index [{string.Join(",", tuple.ToArray())}] (number {n}) "
                        + $"is outside [{string.Join(",", dimensions)}]");
                }
                values.Slice(isScalar ? 0 : n * width, width).CopyTo(target[(int)(at * width)..]);
            }
        }
    }
}
