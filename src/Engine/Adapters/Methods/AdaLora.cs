using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// AdaLoRA (Zhang et al. 2023, arXiv 2303.10512): dW = k B diag(E) A, k = alpha / (init_r + 1e-5). Pruned ranks are gone from the file, or
/// marked false in <c>rank_pattern</c>.
/// </summary>
internal sealed class AdaLora : IAdapterMethod
{
    public static string Name => "ADALORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("r", "target_r", "tinit", "tfinal", "deltaT", "beta1", "beta2", "orth_reg_weight", "total_step", "init_lora_weights", "qalora_group_size");
        foreach (string key in (ReadOnlySpan<string>)["use_dora", "use_rslora", "use_qalora", "lora_bias", "layer_replication"]) config.Refuse(key, "AdaLoRA has no such form");
        double alpha = config.Number("lora_alpha") ?? 8;
        if (alpha <= 0) throw source.Problem($"\"lora_alpha\" is {alpha}; AdaLoRA needs a positive one");
        float scale = (float)(alpha / (config.Count("init_r", 12) + 1e-5));
        var kept = config.Members("rank_pattern");
        return MethodReading.Each(source, ["lora_A", "lora_B", "lora_E"], module =>
        {
            Matrix a = source.Tensors.Take(module, "lora_A", 2).AsMatrix(), b = source.Tensors.Take(module, "lora_B", 2).AsMatrix();
            float[] e = source.Tensors.Take(module, "lora_E", 2).Values;
            if (a.Rows != b.Columns || e.Length != a.Rows) throw source.Problem($"module \"{module}\": ranks of lora_A, lora_B and lora_E differ: {a.Rows}, {b.Columns}, {e.Length}");
            int[]? rows = Rows(source, kept, module, a.Rows);
            var scaled = a.ScaledRows(e);
            if (rows is not null) (scaled, b) = (Picked(scaled, rows), Picked(b.Transposed(), rows).Transposed());
            return TermsChange.LowRank(module, _ => (scaled, b.Scaled(scale)));
        });
    }

    /// <summary>The ranks that the pattern keeps; null when the file has them only.</summary>
    private static int[]? Rows(PeftSource source, IReadOnlyList<(string Key, System.Text.Json.JsonElement Value)> kept, string module, int rank)
    {
        var match = kept.FirstOrDefault(k => k.Key == module + ".lora_E" || k.Key.EndsWith("." + module + ".lora_E", StringComparison.Ordinal));
        if (match.Key is null) return null;
        bool[] flags = [.. match.Value.EnumerateArray().Select(v => v.GetBoolean())];
        int[] rows = [.. Enumerable.Range(0, flags.Length).Where(i => flags[i])];
        if (rows.Length == rank) return null;
        return flags.Length == rank ? rows : throw source.Problem($"module \"{module}\": rank_pattern has {flags.Length} entries, {rows.Length} of them true; the tensors have rank {rank}");
    }

    private static Matrix Picked(Matrix matrix, int[] rows)
    {
        var picked = new Matrix(rows.Length, matrix.Columns);
        for (int i = 0; i < rows.Length; i++) matrix.Row(rows[i]).CopyTo(picked.Row(i));
        return picked;
    }
}
