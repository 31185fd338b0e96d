using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// GraLoRA (Jung et al. 2025, arXiv 2505.20355): W cut into k x k blocks, each with a low-rank change of its own: block (j, n) is
/// B_j[part n] A_n[part j]; scale alpha / (r + hybrid_r), and optionally a plain LoRA of rank hybrid_r beside it.
/// </summary>
internal sealed class GraLora : IAdapterMethod
{
    public static string Name => "GRALORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("gralora_dropout", "init_weights", "gralora_k");
        int rank = config.Count("r", 32), hybrid = config.Integer("hybrid_r") ?? 0;
        float scale = (float)((config.Number("alpha") ?? 64) / (rank + hybrid));
        return MethodReading.Each(source, ["gralora_A", "gralora_B"], module =>
        {
            AdapterTensor a = source.Tensors.Take(module, "gralora_A", 3), b = source.Tensors.Take(module, "gralora_B", 3);
            int k = a.Shape[0];
            if (b.Shape[0] != k || a.Shape[2] != rank || b.Shape[1] != rank || rank % k != 0) throw source.Problem($"{a} and {b} do not fit rank {rank} in {k} x {k} blocks");
            var first = hybrid > 0 ? source.Tensors.Take(module, "gralora_A_general.weight", 2).AsMatrix() : null;
            var second = hybrid > 0 ? source.Tensors.Take(module, "gralora_B_general.weight", 2).AsMatrix() : null;
            return new TermsChange(module, true, (m, weight, terms) =>
            {
                terms.AddDense(Blocks(a, b, k, rank).Scaled(scale * weight));
                if (first is not null) terms.AddLowRank(first, second!.Scaled(scale * weight));
            });
        });
    }

    private static Matrix Blocks(AdapterTensor a, AdapterTensor b, int k, int rank)
    {
        int inputs = a.Shape[1], outputs = b.Shape[2], part = rank / k;
        var delta = new Matrix(k * outputs, k * inputs);
        for (int n = 0; n < k; n++)
        {
            for (int j = 0; j < k; j++)
            {
                for (int r = 0; r < part; r++)
                {
                    for (int o = 0; o < outputs; o++)
                    {
                        float right = b.Values[(j * rank + n * part + r) * outputs + o];
                        for (int i = 0; i < inputs; i++) delta[j * outputs + o, n * inputs + i] += right * a.Values[(n * inputs + i) * rank + j * part + r];
                    }
                }
            }
        }
        return delta;
    }
}
