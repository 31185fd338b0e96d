using Google.FlatBuffers;

namespace Graft.Schema;

/// <summary>A record that is the value of a union.</summary>
internal interface IUnionRecord
{
    public byte Tag { get; }

    public int Write(FlatBufferBuilder builder);
}
