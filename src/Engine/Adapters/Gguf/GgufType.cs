using System.Buffers.Binary;
using Graft.Adapters.Form;

namespace Graft.Adapters.Gguf;

/// <summary>An element type of ggml that adapters are stored in: elements of a block, its bytes, and what they mean.</summary>
internal sealed record GgufType(uint Number, string Name, int BlockElements, int BlockBytes, Func<ReadOnlySpan<byte>, float[]> Floats)
{
    private const int QuantizedBlock = 32;

    private static readonly GgufType[] s_types =
    [
        new(0, "F32", 1, sizeof(float), FloatBytes.Single),
        new(1, "F16", 1, sizeof(ushort), FloatBytes.Half),
        new(8, "Q8_0", QuantizedBlock, sizeof(ushort) + QuantizedBlock, Quantized),
        new(30, "BF16", 1, sizeof(ushort), FloatBytes.Brain),
    ];

    /// <exception cref="AdapterException">The type is another.</exception>
    public static GgufType Find(uint number, string tensor) => Array.Find(s_types, t => t.Number == number)
        ?? throw new AdapterException($"tensor \"{tensor}\": element type {number} is not supported (supported: {string.Join(", ", s_types.Select(t => $"{t.Number} {t.Name}"))})");

    /// <summary>Q8_0: blocks of a half d and 32 signed bytes q; x = d q.</summary>
    private static float[] Quantized(ReadOnlySpan<byte> bytes)
    {
        const int blockBytes = sizeof(ushort) + QuantizedBlock;
        var values = new float[bytes.Length / blockBytes * QuantizedBlock];
        for (int block = 0; block * blockBytes < bytes.Length; block++)
        {
            var source = bytes.Slice(block * blockBytes, blockBytes);
            float scale = (float)BinaryPrimitives.ReadHalfLittleEndian(source);
            for (int i = 0; i < QuantizedBlock; i++) values[block * QuantizedBlock + i] = scale * (sbyte)source[sizeof(ushort) + i];
        }
        return values;
    }
}
