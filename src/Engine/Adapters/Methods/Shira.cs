using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>SHiRA (Bhardwaj et al. 2024, arXiv 2406.13175): a sparse dW, stored as (row, column) indices and values.</summary>
internal sealed class Shira : IAdapterMethod
{
    public static string Name => "SHIRA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("r", "mask_type", "random_seed", "init_weights");
        return MethodReading.Each(source, ["shira_weight"], module =>
        {
            float[] values = source.Tensors.Take(module, "shira_weight", 1).Values;
            long[] indices = source.Tensors.TakeIntegers(source.Tensors.Key(module, "shira_indices"));
            if (indices.Length != 2 * values.Length) throw source.Problem($"module \"{module}\": {values.Length} values need twice as many indices, not {indices.Length}");
            return TermsChange.Dense(module, m =>
            {
                var delta = new Matrix(m.Outputs, m.Inputs);
                for (int i = 0; i < values.Length; i++) Sparse.Add(delta, indices[i], indices[values.Length + i], values[i]);
                return delta;
            });
        });
    }
}

/// <summary>Single elements of a matrix, at indices that a file gives.</summary>
internal static class Sparse
{
    public static void Add(Matrix matrix, long row, long column, float value)
    {
        if ((ulong)row >= (ulong)matrix.Rows || (ulong)column >= (ulong)matrix.Columns) throw new ArgumentException($"an index ({row}, {column})");
        matrix[(int)row, (int)column] += value;
    }
}
