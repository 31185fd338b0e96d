using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// DeLoRA (Bini et al. 2025, arXiv 2503.18225): dW = B diag(lambda / (r |A_i| |B_i|)) A with columns times the stored norms of W; norms are
/// at least 1e-4.
/// </summary>
internal sealed class DeLora : IAdapterMethod
{
    private const float NormMin = 1e-4f;

    public static string Name => "DELORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("r", "rank_pattern", "delora_lambda", "lambda_pattern", "init_weights");
        return MethodReading.Each(source, ["delora_A", "delora_B", "delora_lambda", "delora_w_norm"], module =>
        {
            Matrix a = source.Tensors.Take(module, "delora_A", 2).AsMatrix(), b = source.Tensors.Take(module, "delora_B", 2).AsMatrix();
            float lambda = source.Tensors.Take(module, "delora_lambda").Values[0];
            float[] norms = source.Tensors.Take(module, "delora_w_norm", 1).Values;
            float[] rows = a.RowNorms(), columns = b.Transposed().RowNorms();
            if (rows.Length != columns.Length || norms.Length != a.Columns) throw source.Problem($"module \"{module}\": shapes of delora_A, delora_B and delora_w_norm do not fit");
            var factors = new float[rows.Length];
            for (int i = 0; i < factors.Length; i++) factors[i] = lambda / rows.Length / (Math.Max(rows[i], NormMin) * Math.Max(columns[i], NormMin));
            return TermsChange.LowRank(module, _ => (a.ScaledColumns(norms), b.ScaledColumns(factors)));
        });
    }
}
