using System.Numerics;
using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>GATHER_ND: slices of the input, each named by a tuple of indices along the last axis of input 1.</summary>
internal sealed class GatherNd : IOp<GatherNd>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.GatherNd, 6, $"{Move.Types} {NumberTypes.Indices} -> =0");

    public static GatherNd Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        Shape input = c.Shape(0), indices = c.Shape(1);
        c.Require(input.Rank > 0 && indices.Rank > 0 && indices[^1] <= input.Rank,
            $"indices {indices} must end in tuples of at most {input.Rank} indices into {input}");
        c.SetOutput(0, [.. indices.Dimensions[..^1], .. input.Dimensions[indices[^1]..]]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var make = new Make { Input = c.Shape(0), Tuples = c.Shape(1), Indices = c.In(1),
            ElementBytes = Move.ElementBytes(c.Type(0)) };
        return Move.Step(c, NumberTypes.DispatchIndex<Make, IMover>(c.Type(1), ref make));
    }

    private struct Make : IIndexAction<IMover>
    {
        public Shape Input;
        public Shape Tuples;
        public Operand Indices;
        public int ElementBytes;

        public readonly IMover Invoke<T>() where T : unmanaged, IBinaryInteger<T>
        {
            int depth = Tuples[^1];
            var rows = new Shape(Input.Dimensions[..depth]);
            long rowBytes = Input.Product(depth, Input.Rank) * ElementBytes;
            return new Mover<T>(Indices, checked((int)Tuples.Product(0, Tuples.Rank - 1)), checked((int)rowBytes),
                rows.Dimensions.ToArray(), Move.Strides(rows));
        }
    }

    private sealed class Mover<TIndex>(Operand indices, int count, int rowBytes, int[] dimensions, long[] strides)
        : IMover
        where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public int Units => count;

        public long Cost => (long)count * Math.Max(rowBytes / 4, 8);

        public void Run(in MoveMemory memory, int begin, int end)
        {
            var tuples = memory.Context.Read<TIndex>(indices);
            int wrong = IndexTuples.Gather(memory.Source(0), memory.Target(0), tuples, dimensions, strides, rowBytes,
                begin, end);
            if (wrong < 0) return;
            string tuple = string.Join(",", tuples.Slice(wrong * dimensions.Length, dimensions.Length).ToArray());
            StepFault.Raise($"index [{tuple}] (number {wrong}) is outside [{string.Join(",", dimensions)}]");
        }
    }
}
