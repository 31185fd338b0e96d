using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// LoRA (Hu et al. 2021, arXiv 2106.09685): dy = s B (A x), s = alpha / r or, rank-stabilised, alpha / sqrt(r) (arXiv 2312.03732); with
/// DoRA (arXiv 2402.09353) y = b + (m / n) * (W x + s B A x), n being the row norms of W + s B A. Linear layers, convolutions, embeddings.
/// </summary>
internal sealed class Lora : IAdapterMethod
{
    public static string Name => "LORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        RefuseOtherBases(config);
        string key = config.List("target_parameters") is { Length: > 0 } && config.List("target_modules") is null or { Length: 0 } ? "target_parameters" : "target_modules";
        if (!config.Has(key)) throw source.Problem($"\"{key}\" is missing: it names the modules");
        config.Ignore("exclude_modules", "layers_to_transform", "layers_pattern", "target_modules", "target_parameters");
        var scaling = new LoraScaling(config);
        var variant = new LoraVariant(config);
        bool isDora = config.Flag("use_dora"), hasBias = config.Flag("lora_bias");
        if (isDora && hasBias) throw source.Problem("\"use_dora\" and \"lora_bias\" exclude each other");
        bool isTied = config.Flag("ensure_weight_tying");
        var changes = new List<IModuleChange>();
        foreach (string module in source.Tensors.Modules("lora_A.weight", "lora_B.weight", "lora_embedding_A", "lora_embedding_B"))
        {
            // Tied layers get copies under the name of the output layer.
            if (!(isTied && NamePatterns.IsAny(["lm_head"], module))) source.CheckTarget(key == "target_parameters" ? module + ".weight" : module, key);
            changes.Add(Module(source, module, scaling, variant, isDora, hasBias));
        }
        source.CheckAllTargeted(key);
        changes.AddRange(TokenRows.Read(source));
        return changes;
    }

    private static LoraChange Module(PeftSource source, string module, LoraScaling scaling, LoraVariant variant, bool isDora, bool hasBias)
    {
        var tensors = source.Tensors;
        bool isEmbedding = tensors.Has(module, "lora_embedding_A") || tensors.Has(module, "lora_embedding_B");
        var a = isEmbedding ? tensors.Take(module, "lora_embedding_A", 2) : tensors.Take(module, "lora_A.weight");
        var b = isEmbedding ? tensors.Take(module, "lora_embedding_B", 2) : tensors.Take(module, "lora_B.weight");
        if (a.Shape.Length is not (2 or 4) || b.Shape.Length != a.Shape.Length)
            throw source.Problem($"{a} and {b} must be matrices, or filters of a convolution");
        int rank = a.Shape[0];
        if (rank != scaling.Rank(module)) throw source.Problem($"{a} has rank {rank}, but the configuration says {scaling.Rank(module)}");
        if (rank == 0) throw source.Problem($"{a} has rank 0");
        var magnitude = isDora ? tensors.Take(module, "lora_magnitude_vector") : null;
        var bias = hasBias ? tensors.Take(module, "lora_B.bias", 1) : null;
        // The output projection of torch's attention is wrapped by itself, and PEFT adds its change twice, in training as in inference.
        string plain = module.Replace(".base_layer.", ".", StringComparison.Ordinal);
        return new(plain, a, b, scaling.Scale(module) * (plain == module ? 1 : 2), magnitude, bias)
        {
            Prepare = variant.Prepare(source, module),
            IsEmbedding = isEmbedding,
            IsAttentionOutput = plain != module,
        };
    }

    /// <summary>What makes an adapter valid only on weights that were changed when it was made, or on other inputs than a graph has.</summary>
    private static void RefuseOtherBases(PeftConfig config)
    {
        config.Refuse("layer_replication", "repeating layers would need another graph");
        config.Refuse("arrow_config", "a router over other adapters is not supported");
        config.Refuse("alora_invocation_tokens", "the adapter acts only after these tokens, which needs token ids that a model's graph does not have");
        if (!config.Has("init_lora_weights") || !config.IsText("init_lora_weights")) return;
        string init = config.Text("init_lora_weights")!;
        if (init is "gaussian" or "orthogonal" or "eva" or "mica") return;
        throw new AdapterException($"{config.Path}: \"init_lora_weights\" is \"{init}\": such an adapter fits only the base weights that its initialisation changed; "
            + "convert it to plain LoRA when saving (path_initial_model_for_weight_conversion)");
    }
}
