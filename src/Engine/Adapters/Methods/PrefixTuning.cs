using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// Prefix tuning: keys and values before the sequence in every layer (Li and Liang 2021, arXiv 2101.00190). The file holds them for all
/// layers, whether or not training had a projection; the sequence's positions begin behind them.
/// </summary>
internal sealed class PrefixTuning : IAdapterMethod
{
    public static string Name => "PREFIX_TUNING";

    public static MethodTraits Traits => MethodTraits.Unmerged | MethodTraits.Batchable;

    public static string TensorPrefix => "base_model.";

    public static IEnumerable<IModuleChange> Read(PeftSource source) => [];

    public static KeyValuePrefix? ReadPrefix(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("prefix_projection", "encoder_hidden_size", "init_weights");
        int tokens = Required("num_virtual_tokens"), layers = Required("num_layers"), heads = Required("num_attention_heads"), width = Required("token_dim");
        if (config.Count("num_transformer_submodules", 1) != 1) throw source.Problem("\"num_transformer_submodules\" is not 1: a prefix for an encoder and a decoder is not supported");
        if (width % heads != 0) throw source.Problem($"\"token_dim\" {width} is not divisible by \"num_attention_heads\" {heads}");
        var values = source.Tensors.TakeKey("prompt_embeddings", 2);
        if (values.Shape[0] != tokens || values.Shape[1] != 2L * layers * width) throw source.Problem($"{values} must be [{tokens},{2L * layers * width}]: \"num_virtual_tokens\", 2 * \"num_layers\" * \"token_dim\"");
        return new(tokens, layers, width, values.Values, MovesPositions: true) { HeadSize = width / heads };

        int Required(string key) => config.Has(key) ? config.Count(key, 1) : throw source.Problem($"\"{key}\" is missing");
    }
}
