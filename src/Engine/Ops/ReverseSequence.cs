using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// REVERSE_SEQUENCE: for each index of the batch axis, reverses the first so many elements of the sequence axis as
/// input 1 says.
/// </summary>
internal sealed class ReverseSequence(int sequenceAxis, int batchAxis) : IOp<ReverseSequence>
{
    public static OpSignature Signature => new(BuiltinOperator.ReverseSequence, 1, $"{Move.Types} i32|i64 -> =0");

    public static ReverseSequence Read(in OperatorDef def)
    {
        var options = def.Options<ReverseSequenceOptionsView>();
        return new(options.SeqDim, options.BatchDim);
    }

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require((uint)sequenceAxis < (uint)shape.Rank && (uint)batchAxis < (uint)shape.Rank
            && sequenceAxis != batchAxis,
            $"sequence axis {sequenceAxis} and batch axis {batchAxis} must be two axes of {shape}");
        c.Require(c.Shape(1).Rank == 1 && c.Shape(1)[0] == shape[batchAxis],
            $"lengths must have shape [{shape[batchAxis]}]; they have {c.Shape(1)}");
        c.SetOutput(0, shape);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var shape = c.Shape(0);
        int first = Math.Min(sequenceAxis, batchAxis), second = Math.Max(sequenceAxis, batchAxis);
        int[] loops =
        [
            checked((int)shape.Product(0, first)), shape[first],
            checked((int)shape.Product(first + 1, second)), shape[second],
            checked((int)(shape.Product(second + 1, shape.Rank) * Move.ElementBytes(c.Type(0)))),
        ];
        return Move.Step(c, new Mover(RunIntegers.Of(c, 1), loops, sequenceAxis < batchAxis));
    }

    /// <summary>Loops: before the first axis, the first axis, between, the second axis, the bytes after it.</summary>
    private sealed class Mover(RunIntegers lengths, int[] loops, bool sequenceFirst) : IMover
    {
        public int Units => loops[0];

        public long Cost => (long)loops[0] * loops[1] * loops[2] * loops[3] * Math.Max(loops[4] / 4, 4);

        public void Run(in MoveMemory memory, int begin, int end)
        {
            int limit = sequenceFirst ? loops[1] : loops[3], batches = sequenceFirst ? loops[3] : loops[1];
            for (int batch = 0; batch < batches;)
            {
                int length = Length(memory, batch, limit), first = batch++;
                while (sequenceFirst && batch < batches && Length(memory, batch, limit) == length) batch++;
                for (int outer = begin; outer < end; outer++)
                {
                    for (int between = 0; between < loops[2]; between++) Run(memory, Offset(outer, 0, between, first), length, limit, batch - first);
                }
            }
        }

        /// <summary>One sequence, of runs that lie side by side over <paramref name="batches"/>.</summary>
        private void Run(in MoveMemory memory, int start, int length, int limit, int batches)
        {
            int step = sequenceFirst ? loops[2] * loops[3] * loops[4] : loops[4];
            ReversedRuns.Copy(memory.Source(0)[start..], memory.Target(0)[start..], batches * loops[4], step, length, limit);
        }

        private int Length(in MoveMemory memory, int batch, int limit)
        {
            long length = lengths.Read(memory.Context, batch);
            if (length < 0 || length > limit) StepFault.Raise($"length {length} of batch {batch} is outside [0, {limit}]");
            return (int)length;
        }

        private int Offset(int outer, int at, int between, int batch) => sequenceFirst
            ? (((outer * loops[1] + at) * loops[2] + between) * loops[3] + batch) * loops[4]
            : (((outer * loops[1] + batch) * loops[2] + between) * loops[3] + at) * loops[4];
    }
}
