namespace Graft.Schema.Tests;

public sealed class FlexBufferTests
{
    /// <summary>{'f': 0.5, 'i': -3, 'on': true, 's': 'SAME', 'v': [1, 2, 300]}, as Google's flexbuffers module writes it.</summary>
    private static readonly byte[] s_map = Convert.FromHexString(
        "660069006F6E0073000453414D45007600000300010002002C01051B1A19171005000000"
        + "01000000050000000000003FFDFFFFFF010000002E000000280000000E066A142D192601");

    [Fact]
    public void Values_of_a_map_are_found_by_key()
    {
        var map = FlexBuffer.Root(s_map);
        Assert.Equal(0.5, map["f"].Double());
        Assert.Equal(-3, map["i"].Int32());
        Assert.True(map["on"].Boolean());
        Assert.Equal("SAME"u8.ToArray(), map["s"].Utf8().ToArray());
        Assert.Equal([1, 2, 300], Enumerable.Range(0, map["v"].Count).Select(i => FlexBuffer.Root(s_map)["v"][i].Int32()));
        Assert.True(map["missing"].IsNull);
        Assert.Equal(0, map["missing"].Int32());
    }

    [Fact]
    public void Every_truncation_and_every_changed_byte_gives_values_or_an_error_of_ours()
    {
        for (int length = 0; length < s_map.Length; length++) Read(s_map.AsSpan(0, length));
        byte[] changed = (byte[])s_map.Clone();
        for (int i = 0; i < changed.Length; i++)
        {
            for (int value = 0; value < 256; value++)
            {
                changed[i] = (byte)value;
                Read(changed);
            }
            changed[i] = s_map[i];
        }
    }

    private static void Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var map = FlexBuffer.Root(bytes);
            _ = map["f"].Double() + map["i"].Int64();
            _ = map["on"].Boolean();
            _ = map["s"].Utf8().Length;
            var values = map["v"];
            for (int i = 0; i < values.Count; i++) _ = values[i].Int64();
        }
        catch (ModelFormatException)
        {
            // What malformed bytes are answered with.
        }
    }
}
