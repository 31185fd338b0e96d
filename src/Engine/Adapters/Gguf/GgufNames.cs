using System.Globalization;

namespace Graft.Adapters.Gguf;

/// <summary>
/// From llama.cpp's names of tensors to the modules of transformers, for architectures whose conversion is known (gguf-py/gguf/tensor_mapping.py):
/// decoders of the plan of Llama.
/// </summary>
internal sealed record GgufNames(bool PermutesHeads, (string Name, string Module)[] Blocks)
{
    /// <summary>The embedding's module.</summary>
    public const string Embedding = "model.embed_tokens";

    private const string BlockPrefix = "blk.";
    private const int BlockMax = 100_000;

    private static readonly (string Name, string Module)[] s_whole = [("token_embd", Embedding), ("output", "lm_head")];

    private static readonly (string Name, string Module)[] s_llama =
    [
        ("attn_q", "self_attn.q_proj"), ("attn_k", "self_attn.k_proj"), ("attn_v", "self_attn.v_proj"), ("attn_output", "self_attn.o_proj"),
        ("ffn_gate", "mlp.gate_proj"), ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"),
    ];

    private static readonly (string Name, string Module)[] s_phi3 =
    [
        ("attn_qkv", "self_attn.qkv_proj"), ("attn_output", "self_attn.o_proj"), ("ffn_up", "mlp.gate_up_proj"), ("ffn_down", "mlp.down_proj"),
    ];

    private static readonly Dictionary<string, GgufNames> s_architectures = new(StringComparer.Ordinal)
    {
        // conversion/llama.py turns the rows of queries and keys of these.
        ["llama"] = new(true, s_llama),
        ["smollm3"] = new(true, s_llama),
        ["gemma"] = new(false, s_llama),
        ["gemma2"] = new(false, s_llama),
        ["gemma3"] = new(false, s_llama),
        ["qwen2"] = new(false, s_llama),
        ["qwen3"] = new(false, s_llama),
        ["phi3"] = new(false, s_phi3),
    };

    /// <exception cref="AdapterException">The architecture is another.</exception>
    public static GgufNames Find(string architecture) => s_architectures.TryGetValue(architecture, out var names) ? names
        : throw new AdapterException($"architecture \"{architecture}\" is not supported (supported: {string.Join(", ", s_architectures.Keys)}); convert the adapter's PEFT folder instead");

    /// <summary>The module of a weight, such as <c>blk.3.attn_q</c>; null when there is none.</summary>
    public string? Module(string weight)
    {
        if (!weight.StartsWith(BlockPrefix, StringComparison.Ordinal)) return Array.Find(s_whole, w => w.Name == weight).Module;
        string[] parts = weight.Split('.');
        bool isBlock = parts.Length == 3 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < BlockMax
            && number.ToString(CultureInfo.InvariantCulture) == parts[1];
        return isBlock && Array.Find(Blocks, b => b.Name == parts[2]).Module is { } module ? $"model.layers.{parts[1]}.{module}" : null;
    }

    /// <summary>Whether the rows of a weight are turned within heads.</summary>
    public bool Permutes(string weight) => PermutesHeads && (weight.EndsWith(".attn_q", StringComparison.Ordinal) || weight.EndsWith(".attn_k", StringComparison.Ordinal));
}
