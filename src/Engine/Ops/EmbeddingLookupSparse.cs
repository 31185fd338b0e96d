using Graft.Kernels.Embedding;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// EMBEDDING_LOOKUP_SPARSE: rows of the table in input 4 at the ids in input 0, each added with its weight (input 3) to the cell that its
/// index in input 1 names without its last number. Input 2 is the shape of the indices' space. The combiner divides the sums by
/// those of the weights, or by the root of those of their squares; cells without ids are 0.
/// </summary>
internal sealed class EmbeddingLookupSparse(CombinerType combiner) : IOp<EmbeddingLookupSparse>
{
    public static OpSignature Signature => new(BuiltinOperator.EmbeddingLookupSparse, 1, "i32 i32 i32 f32 f32 -> f32");

    public static EmbeddingLookupSparse Read(in OperatorDef def)
    {
        var combiner = def.Options<EmbeddingLookupSparseOptionsView>().Combiner;
        if (!Enum.IsDefined(combiner)) throw new Errors.UnsupportedOptionException($"combiner {combiner} does not exist");
        return new(combiner);
    }

    public void Infer(in InferContext c)
    {
        Shape ids = c.Shape(0), indices = c.Shape(1), shape = c.Shape(2), weights = c.Shape(3), table = c.Shape(4);
        c.Require(ids.Rank == 1 && indices.Rank == 2 && indices[0] == ids[0], $"ids {ids} and indices {indices} must be a vector and a row for each");
        c.Require(shape.Rank == 1 && shape[0] == indices[1] && shape[0] >= 1, $"a shape of {shape} does not fit indices {indices}");
        c.Require(weights == ids, $"weights {weights} do not fit ids {ids}");
        c.Require(table.Rank >= 2, $"the table {table} must have rows");
        if (c.TryIntegers(2, out int[]? space)) c.SetOutput(0, [.. space[..^1], .. table.Dimensions[1..]]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        int[] space = c.Integers(2)[..^1];
        Shape table = c.Shape(4);
        long row = table.Product(1, table.Rank), cells = space.Aggregate(1L, (product, d) => product * d);
        return new Step(c, combiner, space, checked((int)row), c.ScratchShared(cells * sizeof(float)));
    }

    private sealed class Step(in PrepareContext c, CombinerType combiner, int[] space, int rowLength, Scratch divisors) : IStep
    {
        private readonly Operand _ids = c.In(0), _indices = c.In(1), _weights = c.In(3), _table = c.In(4), _output = c.Out(0);
        private readonly int _rows = c.Shape(4)[0];

        public void Run(in RunContext c)
        {
            var ids = c.Read<int>(_ids);
            var indices = c.Read<int>(_indices);
            var weights = c.Read<float>(_weights);
            var table = c.Read<float>(_table);
            var output = c.Write<float>(_output);
            var totals = c.Scratch<float>(divisors)[..(rowLength == 0 ? 0 : output.Length / rowLength)];
            output.Clear();
            totals.Clear();
            for (int i = 0; i < ids.Length; i++)
            {
                if ((uint)ids[i] >= (uint)_rows) StepFault.Raise($"id {i} is {ids[i]}, outside [0, {_rows})");
                int cell = Cell(indices.Slice(i * (space.Length + 1), space.Length), i);
                WeightedRows.Add(table.Slice(ids[i] * rowLength, rowLength), weights[i], output.Slice(cell * rowLength, rowLength));
                if (rowLength > 0) totals[cell] += combiner == CombinerType.Sqrtn ? weights[i] * weights[i] : weights[i];
            }
            if (combiner != CombinerType.Sum) Divide(output, indices, totals);
        }

        private int Cell(ReadOnlySpan<int> index, int number)
        {
            int cell = 0;
            for (int d = 0; d < index.Length; d++)
            {
                if ((uint)index[d] >= (uint)space[d]) StepFault.Raise($"index {number} is {index[d]} along axis {d}, outside [0, {space[d]})");
                cell = cell * space[d] + index[d];
            }
            return cell;
        }

        /// <summary>Divides each cell that has ids, once.</summary>
        private void Divide(Span<float> output, ReadOnlySpan<int> indices, Span<float> totals)
        {
            for (int i = 0; i * (space.Length + 1) < indices.Length && rowLength > 0; i++)
            {
                int cell = Cell(indices.Slice(i * (space.Length + 1), space.Length), i);
                float divisor = combiner == CombinerType.Sqrtn ? MathF.Sqrt(totals[cell]) : totals[cell];
                foreach (ref float value in output.Slice(cell * rowLength, rowLength)) value /= divisor;
                totals[cell] = 1;
            }
        }
    }
}
