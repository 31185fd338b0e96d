using Graft.Adapters;
using Graft.Adapters.Methods;
using Graft.Schema;

namespace Graft.Tests;

public sealed class LiteRtLmAdapterTests
{
    [Fact]
    public void Factors_are_turned_back_and_named()
    {
        var b = new ModelBuilder("lora_params");
        b.Subgraph("lora_params");
        foreach (string projection in (string[])["q", "k", "v", "o"])
        {
            b.Constant($"lora_atten_{projection}_a_prime_weight_12", [1f, 2, 3, 4, 5, 6], 3, 2);
            b.Constant($"lora_atten_{projection}_b_prime_weight_12", [1f, 2, 3, 4, 5, 6, 7, 8], 2, 4);
        }
        // litert-torch writes the rank where the index of a buffer belongs.
        b.Record.Metadata = [new() { Name = "lora_rank", Buffer = 2 }];
        var changes = AdapterFile.Read(b.ToBytes(), 0).Changes.Cast<LoraChange>().ToArray();
        Assert.Equal(["k_proj", "o_proj", "q_proj", "v_proj"], changes.Select(c => c.Module["model.layers.12.self_attn.".Length..]));
        Assert.All(changes, c => Assert.StartsWith("model.layers.12.self_attn.", c.Module, StringComparison.Ordinal));
        Assert.Equal(1, changes[0].Scale);
        Assert.Equal([1, 3, 5, 2, 4, 6], changes[0].A.Values);
        Assert.Equal([1, 5, 2, 6, 3, 7, 4, 8], changes[0].B.Values);
    }

    [Theory]
    [InlineData("model", "the file is a model")]
    [InlineData("graphs", "one subgraph")]
    [InlineData("query_w_prime_left_0", "layout that depends")]
    [InlineData("lora_audio_attn_q_a_weight_0", "audio encoders are not supported")]
    [InlineData("lora_atten_q_a_prime_weight_00", "no number of a layer")]
    [InlineData("lora_atten_q_a_prime_weight_0\n", "is not understood")]
    [InlineData("type", "element type Int8 is not supported")]
    [InlineData("shape", "[6] must be a matrix")]
    [InlineData("size", "[3,2] of Float32 has 20 bytes")]
    [InlineData("shared", "another tensor's")]
    [InlineData("buffer", "is not there")]
    [InlineData("pair", "no factor A")]
    public void What_is_wrong_is_named(string what, string message)
    {
        var b = Valid();
        switch (what)
        {
            case "model": b.Output(b.Reshape(b.Input("x", DType.Float32, 1, 2), "y", 2)); break;
            case "graphs": b.Subgraph("more"); break;
            case "type": b.TensorAt(0).Type = TensorType.Int8; break;
            case "shape": b.TensorAt(0).Shape = [6]; break;
            case "size": b.Record.Buffers![(int)b.TensorAt(0).Buffer].Data = new byte[20]; break;
            case "shared": b.TensorAt(1).Buffer = b.TensorAt(0).Buffer; break;
            case "buffer": b.TensorAt(0).Buffer = 1000; break;
            case "pair": b.TensorAt(0).Name = "lora_atten_q_a_prime_weight_1"; break;
            default: b.TensorAt(0).Name = what; break;
        }
        Assert.Contains(message, HostileAdapter.Try(b.ToBytes(), what) ?? "it was read", StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_end_early_or_are_damaged_are_refused_or_read()
    {
        byte[] valid = Valid().ToBytes();
        HostileAdapter.Mutate(valid, 4000);
        for (int length = 0; length < valid.Length; length++) HostileAdapter.Try(valid[..length], $"length {length}");
    }

    private static ModelBuilder Valid()
    {
        var b = new ModelBuilder("lora_params");
        b.Constant("lora_atten_q_a_prime_weight_0", [1f, 2, 3, 4, 5, 6], 3, 2);
        b.Constant("lora_atten_q_b_prime_weight_0", [1f, 2, 3, 4, 5, 6, 7, 8], 2, 4);
        return b;
    }
}
