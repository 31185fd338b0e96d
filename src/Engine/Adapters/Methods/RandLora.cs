using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// RandLoRA (Albert et al. 2025, arXiv 2502.00987): dW from random bases A (r, 1, min) and B (max, n, r), with a factor lambda (r, n) and
/// gamma (n, min) on the smaller one; scale alpha / r.
/// </summary>
internal sealed class RandLora : IAdapterMethod
{
    public static string Name => "RANDLORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("projection_prng_key", "save_projection", "randlora_dropout", "init_weights", "sparse", "very_sparse");
        int rank = config.Count("r", 32);
        float scale = (float)((config.Number("randlora_alpha") ?? 640) / rank);
        const string SharedA = "base_model.randlora_A", SharedB = "base_model.randlora_B";
        if (!source.Tensors.HasKey(SharedA)) throw source.Problem($"\"{SharedA}\" is missing: bases that were not saved depend on the machine; save the adapter with save_projection=True");
        AdapterTensor a = source.Tensors.TakeKey(SharedA, 3), b = source.Tensors.TakeKey(SharedB, 3);
        return MethodReading.Each(source, ["randlora_lambda", "randlora_gamma"], module =>
        {
            Matrix lambda = source.Tensors.Take(module, "randlora_lambda", 2).AsMatrix(), gamma = source.Tensors.Take(module, "randlora_gamma", 2).AsMatrix();
            // Files repeat the shared bases for every module.
            AdapterTensor ownA = source.Tensors.TryTake(module, "randlora_A", 3) ?? a, ownB = source.Tensors.TryTake(module, "randlora_B", 3) ?? b;
            return TermsChange.LowRank(module, m => Factors(m, ownA, ownB, lambda, gamma, scale));
        });
    }

    private static (Matrix A, Matrix B) Factors(BaseModule m, AdapterTensor a, AdapterTensor b, Matrix lambda, Matrix gamma, float scale)
    {
        int small = Math.Min(m.Inputs, m.Outputs), large = Math.Max(m.Inputs, m.Outputs), rank = lambda.Rows, bases = lambda.Columns;
        if (a.Shape[0] != rank || a.Shape[2] < small || b.Shape[0] < large || b.Shape[1] < bases || b.Shape[2] != rank || gamma.Rows < bases || gamma.Columns < small)
            throw new ArgumentException($"{a}, {b}, lambda {lambda.Rows} x {lambda.Columns}");
        // Rows of the smaller factor run over (rank, base), columns of the larger over (base, rank).
        var first = new Matrix(rank * bases, small);
        for (int r = 0; r < rank; r++)
        {
            for (int n = 0; n < bases; n++)
            {
                for (int i = 0; i < small; i++) first[r * bases + n, i] = a.Values[r * a.Shape[1] * a.Shape[2] + i] * lambda[r, n] * gamma[n, i];
            }
        }
        var second = new Matrix(large, bases * rank);
        for (int o = 0; o < large; o++) b.Values.AsSpan(o * b.Shape[1] * rank, bases * rank).CopyTo(second.Row(o));
        return m.Inputs == small ? (first, second.Scaled(scale)) : (second.Transposed(), first.Transposed().Scaled(scale));
    }
}
