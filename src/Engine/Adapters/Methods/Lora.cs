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
        bool isDora = config.Flag("use_dora"), hasBias = config.Flag("lora_bias");
        if (isDora && hasBias) throw source.Problem("\"use_dora\" and \"lora_bias\" exclude each other");
        bool isTied = config.Flag("ensure_weight_tying");
        var changes = new List<IModuleChange>();
        foreach (string module in source.Tensors.Modules("lora_A.weight", "lora_B.weight", "lora_embedding_A", "lora_embedding_B"))
        {
            // Tied layers get copies under the name of the output layer.
            if (!(isTied && NamePatterns.IsAny(["lm_head"], module))) source.CheckTarget(key == "target_parameters" ? module + ".weight" : module, key);
            changes.Add(Module(source, module, scaling, isDora, hasBias));
        }
        source.CheckAllTargeted(key);
        changes.AddRange(TokenRows.Read(source));
        return changes;
    }

    private static LoraChange Module(PeftSource source, string module, LoraScaling scaling, bool isDora, bool hasBias)
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
        // The output projection of torch's attention is wrapped by itself.
        return new(module.Replace(".base_layer.", ".", StringComparison.Ordinal), a, b, scaling.Scale(module), magnitude, bias);
    }

    /// <summary>What makes an adapter valid only on weights that were changed when it was made, or on other inputs than a graph has.</summary>
    private static void RefuseOtherBases(PeftConfig config)
    {
        config.Refuse("layer_replication", "repeating layers would need another graph");
        config.Refuse("arrow_config", "a router over other adapters is not supported");
        config.Refuse("alora_invocation_tokens", "the adapter acts only after these tokens, which needs token ids that a model's graph does not have");
        config.Refuse("use_qalora", "pooled inputs (QA-LoRA) are not supported");
        config.Refuse("use_bdlora", "block-diagonal factors (BD-LoRA) are not supported");
        config.Refuse("kasa_config", "KaSA changes the base weights");
        config.Ignore("qalora_group_size");
        if (!config.Has("init_lora_weights") || !config.IsText("init_lora_weights")) return;
        string init = config.Text("init_lora_weights")!;
        if (init is "gaussian" or "orthogonal" or "eva" or "mica") return;
        throw new AdapterException($"{config.Path}: \"init_lora_weights\" is \"{init}\": such an adapter fits only the base weights that its initialisation changed; "
            + "convert it to plain LoRA when saving (path_initial_model_for_weight_conversion)");
    }
}

/// <summary>Rank and scale of each module, as the configuration and its patterns say.</summary>
internal sealed class LoraScaling(PeftConfig config)
{
    private readonly int _rank = config.Count("r", 8);
    private readonly double _alpha = config.Number("lora_alpha") ?? 8;
    private readonly bool _isStabilised = config.Flag("use_rslora");

    public int Rank(string module) => NamePatterns.First(config, "rank_pattern", module) is { } value ? (int)config.Number("rank_pattern", value) : _rank;

    public float Scale(string module)
    {
        double alpha = NamePatterns.First(config, "alpha_pattern", module) is { } value ? config.Number("alpha_pattern", value) : _alpha;
        int rank = Rank(module);
        config.Ignore("fan_in_fan_out");
        return (float)(alpha / (_isStabilised ? Math.Sqrt(rank) : rank));
    }
}

/// <summary>LoRA or DoRA on one module.</summary>
internal sealed class LoraChange(string module, AdapterTensor a, AdapterTensor b, float scale, AdapterTensor? magnitude, AdapterTensor? bias) : IModuleChange
{
    public string Module { get; } = module;

    public void Resolve(BaseModule module, float weight, LinearTerms terms)
    {
        Matrix first = a.AsMatrix(), second = b.AsMatrix();
        var patch = LowRankPatch.Weight;
        if (module.Kind == ModuleKind.Convolution)
        {
            var filter = module.Filter;
            bool own = filter.Groups > 1 || filter.DilationX > 1 || filter.DilationY > 1;
            int channels = filter.Groups > 1 ? filter.GroupChannels * filter.Groups : filter.GroupChannels;
            if (a.Shape is not [_, var ac, var ah, var aw] || ac != channels || ah != filter.Height || aw != filter.Width)
                throw new AdapterException($"{a} must be [r,{channels},{filter.Height},{filter.Width}] for module \"{Module}\"");
            if (own) patch = LowRankPatch.OwnConvolution;
            if (filter.Groups > 1) second = Spread(second, filter.Groups, first.Rows);
        }
        else if (a.Shape.Length != 2 || first.Columns != module.Inputs)
        {
            throw new AdapterException($"{a} must be [r,{module.Inputs}] for module \"{Module}\"");
        }
        if (second.Rows != module.Outputs || second.Columns != first.Rows) throw new AdapterException($"{b} must be [{module.Outputs},{first.Rows}] for module \"{Module}\"");
        second = second.Scaled(scale * weight);
        if (bias is not null)
        {
            if (bias.Values.Length != module.Outputs) throw new AdapterException($"{bias} must have {module.Outputs} elements");
            terms.AddBias(Array.ConvertAll(bias.Values, v => v * scale * weight));
        }
        if (magnitude is null)
        {
            terms.AddLowRank(first, second, patch);
            return;
        }
        if (patch == LowRankPatch.OwnConvolution) throw new AdapterException($"module \"{Module}\": DoRA on a grouped or dilated convolution is not defined");
        if (magnitude.Values.Length != module.Outputs) throw new AdapterException($"{magnitude} must have {module.Outputs} elements");
        float[] norms = module.Weight.Plus(second.Times(first)).RowNorms();
        var gains = new float[norms.Length];
        for (int i = 0; i < gains.Length; i++) gains[i] = norms[i] == 0 ? 0 : magnitude.Values[i] / norms[i];
        terms.MultiplyScale(gains);
        terms.AddLowRank(first, second.ScaledRows(gains), patch);
    }

    /// <summary>B of a grouped convolution, (out, r / groups), as (out, r): each group of outputs sees its own part of the ranks.</summary>
    private static Matrix Spread(Matrix grouped, int groups, int rank)
    {
        if (grouped.Columns * groups != rank) return grouped;
        var spread = new Matrix(grouped.Rows, rank);
        for (int o = 0; o < grouped.Rows; o++) grouped.Row(o).CopyTo(spread.Row(o)[(o / (grouped.Rows / groups) * grouped.Columns)..]);
        return spread;
    }
}
