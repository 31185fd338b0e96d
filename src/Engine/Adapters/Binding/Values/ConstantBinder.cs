using Graft.Adapters.Form;
using Graft.Graphs;
using Graft.Ops;

namespace Graft.Adapters.Binding.Values;

/// <summary>
/// Finds parameters of a base that nodes multiply by or add: the weights and biases of norms, and rows of a position table that were looked up
/// when the model was converted. They must be there but for the rounding of the constant's type.
/// </summary>
internal sealed class ConstantBinder(BaseWeights weights)
{
    /// <summary>Modules that a constant of the node may be, the nearest first; empty when it has none.</summary>
    public IReadOnlyList<ConstantMatch> Find(Subgraph subgraph, Node node)
    {
        if (node.Op is not (Mul or Ops.Add)) return [];
        bool isProduct = node.Op is Mul;
        for (int operand = 0; operand < 2; operand++)
        {
            var tensor = subgraph.Tensors[node.Inputs[operand]];
            if (!tensor.Constant.IsPresent || tensor.Sparsity is not null || tensor.Shape.Rank == 0) continue;
            bool isFloat = tensor.Type is DType.Float32 or DType.Float16 or DType.BFloat16;
            if (!isFloat && tensor.Quantization is not { IsPerChannel: false, BlockSize: 0, Scale: > 0 }) continue;
            float[] values = ConstantValues.Read(subgraph, tensor);
            var (step, ratio) = isFloat ? FloatStep(values) : (tensor.Quantization!.Scale, 1e-6);
            var constant = new Constant(values, tensor.Shape[^1], step, ratio);
            var place = new Placement { Subgraph = subgraph.Index, Node = node.Origin.Last, Operand = operand, Orientation = isProduct ? Orientation.Vector : Orientation.BiasVector };
            var found = new List<ConstantMatch>();
            foreach (var (module, vector) in weights.NormVectors(isProduct))
            {
                if (vector.Length == values.Length && constant.Distance(vector, vector.Length) is { } distance) found.Add(new(module, ModuleKind.Vector, place, distance));
            }
            if (!isProduct) found.AddRange(Rows(constant, place, tensor.Shape));
            return [.. found.OrderBy(f => f.Distance)];
        }
        return [];
    }

    /// <summary>Tables of whose rows the constant has some, one after the other, maybe the same ones repeatedly.</summary>
    private IEnumerable<ConstantMatch> Rows(Constant constant, Placement place, Shape shape)
    {
        int count = shape.Rank >= 2 ? shape[^2] : 1;
        foreach (var (module, table) in weights.Matrices)
        {
            if (table.Columns != constant.Width || table.Rows < count) continue;
            for (int first = 0; first + count <= table.Rows; first++)
            {
                var rows = table.Values.AsSpan(first * table.Columns, count * table.Columns);
                if (constant.Distance(rows, constant.Width) is null || constant.Distance(rows, constant.Values.Length) is not { } distance) continue;
                yield return new(module, ModuleKind.Embedding, place with { Orientation = Orientation.ConstantRows, TableRows = (first, table.Rows) }, distance);
            }
        }
    }

    /// <summary>How far the numbers that a float constant can hold are apart: absolutely, and relative to themselves. What is float32 may have been widened.</summary>
    private static (double Step, double Ratio) FloatStep(float[] values)
    {
        if (Array.TrueForAll(values, v => v == (float)(Half)v)) return (1e-7, 1e-3);
        return Array.TrueForAll(values, v => v == FloatBytes.RoundedToBrain(v)) ? (0, 8e-3) : (0, 1e-6);
    }

    /// <summary>A constant that stands for real numbers, in rows of a width.</summary>
    private sealed record Constant(float[] Values, int Width, double Step, double Ratio)
    {
        /// <summary>How far its first elements are from these numbers, which repeat when they are fewer; null when further than rounding takes them.</summary>
        public double? Distance(ReadOnlySpan<float> numbers, int count)
        {
            double sum = 0;
            for (int i = 0; i < count; i++)
            {
                double number = numbers[i % numbers.Length], difference = Math.Abs(Values[i] - number);
                if (!(difference <= 0.51 * Step + Ratio * Math.Abs(number))) return null;
                sum += difference * difference;
            }
            return Math.Sqrt(sum / count);
        }
    }
}
