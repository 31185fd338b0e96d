using Google.FlatBuffers;

namespace Graft.Schema;

internal sealed partial class ModelRecord
{
    private const int BytesBesideBuffers = 1 << 16;

    /// <summary>A model of the current schema version, otherwise empty.</summary>
    public ModelRecord() => Version = SchemaLayout.Version;

    /// <summary>Verifies and reads a model.</summary>
    /// <exception cref="ModelFormatException">The bytes are malformed, or hold what a record cannot.</exception>
    public static ModelRecord Parse(ReadOnlySpan<byte> flatBuffer)
    {
        Verifier.Verify(flatBuffer);
        return Read(ModelView.Root(flatBuffer));
    }

    /// <summary>The model as a .tflite file. The data of every buffer lies at a multiple of 16 bytes.</summary>
    /// <exception cref="InvalidOperationException">The buffers hold more than a FlatBuffer can.</exception>
    public byte[] ToBytes()
    {
        long size = BytesBesideBuffers + (Buffers ?? []).Sum(b => b.Data?.LongLength ?? 0);
        if (size > Array.MaxLength)
        {
            throw new InvalidOperationException(
                $"The buffers hold {size - BytesBesideBuffers} bytes, a FlatBuffer at most "
                + $"{Array.MaxLength - BytesBesideBuffers}; larger models keep them outside, by offset and size.");
        }

        FlatBufferBuilder builder = new((int)size);
        builder.Finish(Write(builder), SchemaLayout.Identifier);
        return builder.SizedByteArray();
    }
}
