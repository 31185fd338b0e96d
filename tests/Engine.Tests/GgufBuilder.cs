using System.Runtime.InteropServices;
using System.Text;

namespace Graft.Tests;

/// <summary>Writes GGUF files from the format's text, also wrong ones.</summary>
internal sealed class GgufBuilder
{
    public List<(string Key, uint Type, byte[] Value)> Keys { get; } = [];

    public List<(string Name, int[] Shape, uint Type, byte[] Data)> Tensors { get; } = [];

    public uint Version { get; set; } = 3;

    public int Alignment { get; set; } = 32;

    public ulong? KeyCount { get; set; }

    public ulong? TensorCount { get; set; }

    /// <summary>Changes an offset that would be right.</summary>
    public Func<int, long, long> Offset { get; set; } = (_, offset) => offset;

    public byte[] Trailing { get; set; } = [];

    /// <summary>An adapter of an architecture.</summary>
    public static GgufBuilder Lora(string architecture, float? alpha) => alpha is { } a ? Lora(architecture).Key("adapter.lora.alpha", a) : Lora(architecture);

    private static GgufBuilder Lora(string architecture) =>
        new GgufBuilder().Key("general.type", "adapter").Key("general.architecture", architecture).Key("adapter.type", "lora");

    public GgufBuilder Key(string key, string value) => Key(key, 8, Text(value));

    public GgufBuilder Key(string key, float value) => Key(key, 6, BitConverter.GetBytes(value));

    public GgufBuilder Key(string key, uint value) => Key(key, 4, BitConverter.GetBytes(value));

    public GgufBuilder Key(string key, uint type, byte[] value)
    {
        Keys.Add((key, type, value));
        return this;
    }

    /// <param name="name">Its name.</param>
    /// <param name="shape">Dimensions from the outermost.</param>
    /// <param name="values">The elements.</param>
    public GgufBuilder Tensor(string name, int[] shape, float[] values) => Tensor(name, shape, 0, MemoryMarshal.AsBytes<float>(values).ToArray());

    public GgufBuilder Tensor(string name, int[] shape, uint type, byte[] data)
    {
        Tensors.Add((name, shape, type, data));
        return this;
    }

    /// <summary>Two factors, A (r, in) and B (out, r), of a weight.</summary>
    public GgufBuilder Factors(string weight, int inputs, int outputs, int rank) => Tensor(weight + ".weight.lora_a", [rank, inputs], Numbers(rank * inputs))
        .Tensor(weight + ".weight.lora_b", [outputs, rank], Numbers(outputs * rank));

    public static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => i / 4f - 3)];

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write(TensorCount ?? (ulong)Tensors.Count);
        writer.Write(KeyCount ?? (ulong)Keys.Count);
        foreach (var (key, type, value) in Keys)
        {
            writer.Write(Text(key));
            writer.Write(type);
            writer.Write(value);
        }
        long offset = 0;
        for (int i = 0; i < Tensors.Count; i++)
        {
            var (name, shape, type, data) = Tensors[i];
            writer.Write(Text(name));
            writer.Write((uint)shape.Length);
            foreach (int dimension in shape.Reverse()) writer.Write((ulong)dimension);
            writer.Write(type);
            writer.Write(Offset(i, offset));
            offset += data.Length + -data.Length % Alignment + (data.Length % Alignment == 0 ? 0 : Alignment);
        }
        foreach (var (_, _, _, data) in Tensors)
        {
            while (stream.Length % Alignment != 0) writer.Write((byte)0);
            writer.Write(data);
        }
        writer.Write(Trailing);
        return stream.ToArray();
    }

    public static byte[] Text(string text) => [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];
}
