using Graft.Kernels.Move;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// STABLEHLO_GATHER: slices of input 0, each beginning at an index vector of input 1, moved inside where it would reach out. The output has
/// the axes of the indices without the vectors', and at <c>offsetDims</c> those of the slices that are not collapsed.
/// </summary>
internal sealed class StablehloGather(int[] offsetDims, int[] collapsed, int[] startMap, int vectorDim, int[] sizes) : IOp<StablehloGather>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloGather, 1, $"{Move.Types} {NumberTypes.Indices} -> =0");

    public static StablehloGather Read(in OperatorDef def)
    {
        var options = def.Options2<StablehloGatherOptionsView>();
        return new(Integers.Saturate(options.OffsetDims), Integers.Saturate(options.CollapsedSliceDims), Integers.Saturate(options.StartIndexMap),
            int.CreateSaturating(options.IndexVectorDim), Integers.Saturate(options.SliceSizes));
    }

    public void Infer(in InferContext c)
    {
        Shape input = c.Shape(0), indices = c.Shape(1);
        c.Require(sizes.Length == input.Rank, $"slice sizes [{string.Join(",", sizes)}] need one value for each axis of {input}");
        for (int a = 0; a < sizes.Length; a++)
        {
            c.Require(sizes[a] >= 0 && sizes[a] <= input[a], $"slice size {sizes[a]} along axis {a} is outside [0, {input[a]}]");
            c.Require(sizes[a] == 1 || !collapsed.Contains(a), $"the slice has {sizes[a]} elements along axis {a}, which is collapsed");
        }
        c.Require(vectorDim >= 0 && vectorDim <= indices.Rank, $"the index vectors lie along axis {vectorDim} of indices {indices}");
        int depth = vectorDim == indices.Rank ? 1 : indices[vectorDim];
        c.Require(depth == startMap.Length, $"index vectors of {depth} do not fit {startMap.Length} axes");
        c.Require(Axes.AreDistinct(collapsed, input.Rank) && Axes.AreDistinct(startMap, input.Rank), "an axis of the input is out of range or repeated");
        int[] batch = Batch(indices), kept = Kept();
        c.Require(kept.Length == offsetDims.Length && Axes.AreDistinct(offsetDims, batch.Length + kept.Length),
            $"offset axes [{string.Join(",", offsetDims)}] must be places for {kept.Length} axes of the slices among {batch.Length + kept.Length}");
        var shape = new int[batch.Length + kept.Length];
        for (int d = 0, b = 0; d < shape.Length; d++)
        {
            int offset = Array.IndexOf(offsetDims, d);
            shape[d] = offset >= 0 ? sizes[kept[offset]] : indices[batch[b++]];
        }
        c.SetOutput(0, shape);
    }

    public IStep Prepare(in PrepareContext c) => Move.Step(c, new Mover(this, c));

    private int[] Kept() => [.. Enumerable.Range(0, sizes.Length).Except(collapsed)];

    /// <summary>The axes of the indices that count index vectors.</summary>
    private int[] Batch(Shape indices) => [.. Enumerable.Range(0, indices.Rank).Where(d => d != vectorDim)];

    /// <summary>A unit is an index vector.</summary>
    private sealed class Mover : IMover
    {
        private readonly RunIntegers _indices;
        private readonly StridedCopy _slice;
        private readonly (int Length, long Index, long Target)[] _batch;
        private readonly (long Stride, int Limit)[] _starts;
        private readonly long _vectorStride;
        private readonly int _width;

        public Mover(StablehloGather op, in PrepareContext c)
        {
            Shape input = c.Shape(0), indices = c.Shape(1), output = c.OutputShape(0);
            long[] from = Move.Strides(input), to = Move.Strides(output), along = Move.Strides(indices);
            int[] kept = op.Kept(), batch = op.Batch(indices), places = [.. Enumerable.Range(0, output.Rank).Except(op.OffsetDims)];
            _width = Move.ElementBytes(c.Type(0));
            _indices = RunIntegers.Of(c, 1);
            _slice = StridedCopy.Create(_width, [.. kept.Select((axis, i) => new CopyAxis(op.Sizes[axis], from[axis], to[op.OffsetDims[i]]))]);
            _batch = [.. batch.Select((d, i) => (indices[d], along[d], to[places[i]]))];
            _starts = [.. op.StartMap.Select(axis => (from[axis], input[axis] - op.Sizes[axis]))];
            _vectorStride = op.VectorDim == indices.Rank ? 0 : along[op.VectorDim];
            Units = _slice.Cost == 0 ? 0 : checked((int)batch.Aggregate(1L, (count, d) => count * indices[d]));
        }

        public int Units { get; }

        public long Cost => Units * (_slice.Cost + _starts.Length);

        public void Run(in MoveMemory memory, int begin, int end)
        {
            for (int unit = begin; unit < end; unit++)
            {
                long index = 0, source = 0, target = 0;
                for (int d = _batch.Length - 1, rest = unit; d >= 0; d--)
                {
                    (rest, int at) = Math.DivRem(rest, _batch[d].Length);
                    index += at * _batch[d].Index;
                    target += at * _batch[d].Target;
                }
                for (int k = 0; k < _starts.Length; k++)
                {
                    long start = _indices.Read(memory.Context, (int)(index + k * _vectorStride));
                    source += Math.Clamp(start, 0, _starts[k].Limit) * _starts[k].Stride;
                }
                _slice.Run(memory.Source(0)[(int)(source * _width)..], memory.Target(0)[(int)(target * _width)..]);
            }
        }
    }

    private int[] OffsetDims => offsetDims;

    private int[] StartMap => startMap;

    private int VectorDim => vectorDim;

    private int[] Sizes => sizes;
}
