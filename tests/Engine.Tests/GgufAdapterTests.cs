using System.Runtime.InteropServices;
using Graft.Adapters;
using Graft.Adapters.Methods;

namespace Graft.Tests;

public sealed class GgufAdapterTests
{
    private static readonly string[] s_blocks = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];

    [Fact]
    public void Weights_are_named_as_transformers_names_them()
    {
        var file = GgufBuilder.Lora("qwen2", 16);
        foreach (string block in s_blocks) file.Factors("blk.11." + block, 4, 6, 2);
        var changes = Changes(file.Factors("output", 4, 6, 2));
        Assert.Equal(
            [
                "lm_head", "model.layers.11.mlp.down_proj", "model.layers.11.mlp.gate_proj", "model.layers.11.mlp.up_proj", "model.layers.11.self_attn.k_proj",
                "model.layers.11.self_attn.o_proj", "model.layers.11.self_attn.q_proj", "model.layers.11.self_attn.v_proj",
            ],
            changes.Select(c => c.Module));
        Assert.All(changes, c => Assert.Equal((8f, false), (c.Scale, c.IsEmbedding)));
        Assert.Equal([2, 4, 6, 2], [.. changes[0].A.Shape, .. changes[0].B.Shape]);
        Assert.Equal(GgufBuilder.Numbers(8), changes[0].A.Values);
        Assert.Equal(GgufBuilder.Numbers(12), changes[0].B.Values);
        Assert.Equal("model.layers.0.self_attn.qkv_proj", Assert.Single(Changes(GgufBuilder.Lora("phi3", 1).Factors("blk.0.attn_qkv", 4, 6, 2))).Module);
    }

    [Theory]
    [InlineData(null, 1f)]
    [InlineData(0f, 1f)]
    [InlineData(3f, 1.5f)]
    public void Without_an_alpha_factors_count_as_they_are(float? alpha, float scale) =>
        Assert.Equal(scale, Assert.Single(Changes(GgufBuilder.Lora("gemma", alpha).Factors("output", 4, 6, 2))).Scale);

    [Fact]
    public void The_embedding_has_its_factor_A_the_other_way_round()
    {
        var file = GgufBuilder.Lora("llama", 2).Tensor("token_embd.weight.lora_a", [3, 2], [1, 2, 3, 4, 5, 6]).Tensor("token_embd.weight.lora_b", [4, 2], new float[8]);
        var change = Assert.Single(Changes(file));
        Assert.Equal(("model.embed_tokens", true), (change.Module, change.IsEmbedding));
        Assert.Equal([1, 3, 5, 2, 4, 6], change.A.Values);
        Assert.Equal([2, 3], change.A.Shape);
    }

    [Theory]
    [InlineData("llama", "attention.head_count", 2u, 0, true)]
    [InlineData("llama", "attention.head_count_kv", 2u, 6, true)]
    [InlineData("llama", "attention.key_length", 6u, 0, true)]
    [InlineData("llama", "attention.key_length", 6u, 6, true)]
    [InlineData("llama", "vocab_size", 9u, 6, true)]
    [InlineData("smollm3", "vocab_size", 9u, 6, true)]
    [InlineData("qwen3", "attention.head_count", 2u, 0, false)]
    public void Rows_of_heads_get_the_order_of_transformers(string architecture, string key, uint value, int headSize, bool isTurned)
    {
        // Rows 0 to 11 of two heads as conversion/llama.py leaves them.
        float[] stored = [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11], rows = [.. Enumerable.Range(0, 12)];
        string projection = key.EndsWith("_kv", StringComparison.Ordinal) ? "attn_k" : "attn_q";
        var file = GgufBuilder.Lora(architecture, 1).Key($"{architecture}.{key}", value)
            .Tensor($"blk.0.{projection}.weight.lora_a", [1, 2], [1, 2]).Tensor($"blk.0.{projection}.weight.lora_b", [12, 1], stored)
            .Tensor("blk.0.attn_v.weight.lora_a", [1, 2], [1, 2]).Tensor("blk.0.attn_v.weight.lora_b", [12, 1], stored);
        var changes = Changes(file, headSize);
        Assert.Equal(isTurned ? rows : stored, changes[0].B.Values);
        Assert.Equal(stored, changes[1].B.Values);
    }

    [Theory]
    [InlineData(0, "head_count", 0u, "must be a positive integer")]
    [InlineData(0, "head_count", 5u, "12 rows are not those of 5 heads")]
    [InlineData(4, "key_length", 6u, "heads of 6 channels, but 4 were given")]
    [InlineData(5, "other", 1u, "12 rows are no heads of 5 channels")]
    [InlineData(12 * 2, "other", 1u, "12 rows are no heads of 24 channels")]
    [InlineData(0, "other", 1u, "--head-size")]
    public void Rows_of_unknown_heads_are_refused(int headSize, string key, uint value, string message) =>
        Refused(GgufBuilder.Lora("llama", 1).Key("llama.attention." + key, value).Factors("blk.0.attn_q", 4, 12, 2), message, headSize);

    [Fact]
    public void Halves_and_blocks_are_floats()
    {
        byte[] half = MemoryMarshal.AsBytes<Half>([(Half)1.5f, (Half)(-2), (Half)0.25f, (Half)3]).ToArray();
        byte[] brain = [.. ((float[])[1.5f, -2, 0.25f, 3]).SelectMany(v => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)))];
        var change = Assert.Single(Changes(GgufBuilder.Lora("gemma", 1).Tensor("output.weight.lora_a", [1, 4], 1, half).Tensor("output.weight.lora_b", [4, 1], 30, brain)));
        Assert.Equal([1.5f, -2, 0.25f, 3], change.A.Values);
        Assert.Equal([1.5f, -2, 0.25f, 3], change.B.Values);
        byte[] quantized = [.. BitConverter.GetBytes((Half)0.5f), .. Enumerable.Range(-16, 32).Select(i => (byte)(sbyte)i)];
        change = Assert.Single(Changes(GgufBuilder.Lora("gemma", 1).Tensor("output.weight.lora_a", [1, 32], 8, quantized).Tensor("output.weight.lora_b", [4, 1], 30, brain)));
        Assert.Equal([.. Enumerable.Range(-16, 32).Select(i => i / 2f)], change.A.Values);
    }

    [Theory]
    [InlineData("type", "\"general.type\" is \"model\", not \"adapter\"")]
    [InlineData("adapter", "\"adapter.type\" is \"control_vector\"")]
    [InlineData("invocation", "\"adapter.alora.invocation_tokens\" is not understood")]
    [InlineData("architecture", "architecture \"mamba\" is not supported")]
    [InlineData("weight", "\"blk.0.attn_kv_b\" is no known weight")]
    [InlineData("block", "\"blk.01.attn_v\" is no known weight")]
    [InlineData("norm", "is no factor of LoRA")]
    [InlineData("pair", "no factor A")]
    [InlineData("ranks", "A of rank 2 and B of rank 3")]
    [InlineData("infinite", "an adapter must be finite")]
    [InlineData("none", "has no tensors")]
    [InlineData("twice", "\"output.weight.lora_a\" appears twice")]
    [InlineData("key twice", "the key \"general.type\" appears twice")]
    [InlineData("quant", "element type 2 is not supported")]
    [InlineData("block size", "no whole blocks of Q8_0")]
    [InlineData("version 1", "GGUF version 1 is not supported")]
    [InlineData("big-endian", "big-endian")]
    [InlineData("alignment", "it must be a power of two")]
    [InlineData("tensor count", "the number of tensors is 18446744073709551615")]
    [InlineData("key count", "the number of keys is 4294967296")]
    [InlineData("overlap", "it must be the next multiple of 32")]
    [InlineData("far", "is beyond the file")]
    [InlineData("gap", "it must be the next multiple of 32")]
    [InlineData("trailing", "bytes that no tensor covers")]
    [InlineData("nested", "array of arrays")]
    [InlineData("array", "room for")]
    [InlineData("flag", "a flag of value 2")]
    [InlineData("unknown type", "unknown type 13")]
    public void What_is_wrong_is_named(string what, string message)
    {
        var file = GgufBuilder.Lora(what == "architecture" ? "mamba" : "gemma", 1);
        if (what != "none") file.Factors("output", 4, 6, 2);
        Spoil(file, what);
        Refused(file, message);
    }

    private static void Spoil(GgufBuilder file, string what)
    {
        switch (what)
        {
            case "type": file.Keys[0] = ("general.type", 8, GgufBuilder.Text("model")); break;
            case "adapter": file.Keys[2] = ("adapter.type", 8, GgufBuilder.Text("control_vector")); break;
            case "invocation": file.Key("adapter.alora.invocation_tokens", 9, [4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0]); break;
            case "weight": file.Factors("blk.0.attn_kv_b", 4, 6, 2); break;
            case "block": file.Factors("blk.01.attn_v", 4, 6, 2); break;
            case "norm": file.Tensor("blk.0.attn_norm.weight", [4], new float[4]); break;
            case "pair": file.Tensors.RemoveAt(0); break;
            case "ranks": file.Tensors[1] = (file.Tensors[1].Name, [4, 3], 0, file.Tensors[1].Data); break;
            case "infinite": BitConverter.TryWriteBytes(file.Tensors[0].Data.AsSpan(4), float.NegativeInfinity); break;
            case "twice": file.Tensors[1] = file.Tensors[0]; break;
            case "key twice": file.Key("general.type", "adapter"); break;
            case "quant": file.Tensors[0] = (file.Tensors[0].Name, [2, 32], 2, new byte[36]); break;
            case "block size": file.Tensors[0] = (file.Tensors[0].Name, [2, 33], 8, new byte[68]); break;
            case "version 1": file.Version = 1; break;
            case "big-endian": file.Version = 3 << 24; break;
            case "alignment": file.Key("general.alignment", 24u); break;
            case "tensor count": file.TensorCount = ulong.MaxValue; break;
            case "key count": file.KeyCount = 1UL << 32; break;
            case "overlap": file.Offset = (_, _) => 0; break;
            case "far": file.Offset = (i, offset) => i == 1 ? long.MaxValue - 31 : offset; break;
            case "gap": file.Offset = (i, offset) => offset + i * 32; break;
            case "trailing": file.Trailing = new byte[64]; break;
            case "nested": file.Key("a", 9, [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]); break;
            case "array": file.Key("a", 9, [8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]); break;
            case "flag": file.Key("a", 7, [2]); break;
            case "unknown type": file.Key("a", 13, new byte[8]); break;
        }
    }

    [Fact]
    public void Keys_of_every_type_are_passed_over()
    {
        var file = GgufBuilder.Lora("gemma", 1).Key("words", 9, [8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, .. GgufBuilder.Text("word")]).Key("general.alignment", 64u);
        int[] sizes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
        for (uint type = 0; type < sizes.Length; type++)
        {
            if (sizes[type] > 0) file.Key($"k{type}", type, new byte[sizes[type]]);
        }
        file.Alignment = 64;
        file.Version = 2;
        Assert.Single(Changes(file.Factors("output", 4, 6, 2)));
    }

    [Fact]
    public void Files_that_end_early_or_are_damaged_are_refused_or_read()
    {
        var file = GgufBuilder.Lora("gemma", 1).Key("words", 9, [8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, .. GgufBuilder.Text("word")]).Factors("output", 4, 6, 2).Factors("blk.0.ffn_up", 4, 6, 2);
        byte[] valid = file.ToBytes();
        HostileAdapter.Truncate(valid, valid.Length);
        HostileAdapter.Mutate(valid, 4000);
    }

    private static LoraChange[] Changes(GgufBuilder file, int headSize = 0) => [.. AdapterFile.Read(file.ToBytes(), headSize).Changes.Cast<LoraChange>()];

    private static void Refused(GgufBuilder file, string message, int headSize = 0) =>
        Assert.Contains(message, HostileAdapter.Try(file.ToBytes(), message, headSize) ?? "it was read", StringComparison.Ordinal);
}
