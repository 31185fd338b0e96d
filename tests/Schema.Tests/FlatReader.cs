using FlatTable = Google.FlatBuffers.Table;

namespace Graft.Schema.Tests;

/// <summary>Reads fields with Google.FlatBuffers alone. A null table stands for an absent one.</summary>
internal static class FlatReader
{
    public static FlatTable Root(byte[] file)
    {
        Google.FlatBuffers.ByteBuffer buffer = new(file);
        return new FlatTable(buffer.GetInt(0), buffer);
    }

    public static bool Boolean(FlatTable? t, int slot, bool absent) =>
        At(t, slot) is { } at ? t!.Value.bb.Get(at) != 0 : absent;

    public static sbyte SByte(FlatTable? t, int slot, sbyte absent) =>
        At(t, slot) is { } at ? t!.Value.bb.GetSbyte(at) : absent;

    public static byte Byte(FlatTable? t, int slot, byte absent) =>
        At(t, slot) is { } at ? t!.Value.bb.Get(at) : absent;

    public static int Int32(FlatTable? t, int slot, int absent) =>
        At(t, slot) is { } at ? t!.Value.bb.GetInt(at) : absent;

    public static uint UInt32(FlatTable? t, int slot, uint absent) =>
        At(t, slot) is { } at ? t!.Value.bb.GetUint(at) : absent;

    public static long Int64(FlatTable? t, int slot, long absent) =>
        At(t, slot) is { } at ? t!.Value.bb.GetLong(at) : absent;

    public static ulong UInt64(FlatTable? t, int slot, ulong absent) =>
        At(t, slot) is { } at ? t!.Value.bb.GetUlong(at) : absent;

    public static float Single(FlatTable? t, int slot, float absent) =>
        At(t, slot) is { } at ? t!.Value.bb.GetFloat(at) : absent;

    /// <summary>The bytes of a vector of elements of the given size, or null.</summary>
    public static ArraySegment<byte>? Vector(FlatTable? t, int slot, int elementSize)
    {
        if (t is not { } table || table.__offset(VTableOffset(slot)) is var offset && offset == 0)
            return null;
        return table.bb.ToArraySegment(table.__vector(offset), table.__vector_len(offset) * elementSize);
    }

    public static string? Text(FlatTable? t, int slot) =>
        At(t, slot) is { } at ? t!.Value.__string(at) : null;

    public static FlatTable? Child(FlatTable? t, int slot) =>
        At(t, slot) is { } at ? new FlatTable(t!.Value.__indirect(at), t.Value.bb) : null;

    public static FlatTable? Element(FlatTable? t, int slot, int index)
    {
        FlatTable table = t!.Value;
        int start = table.__vector(table.__offset(VTableOffset(slot)));
        return new FlatTable(table.__indirect(start + (4 * index)), table.bb);
    }

    private static int VTableOffset(int slot) => 4 + (2 * slot);

    private static int? At(FlatTable? t, int slot) =>
        t?.__offset(VTableOffset(slot)) is { } offset && offset != 0 ? t.Value.bb_pos + offset : null;
}
