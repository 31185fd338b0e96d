using System.Buffers.Binary;
using System.Text;
using Graft.Safetensors;

namespace Graft.Tests.Safetensors;

/// <summary>Headers that break one rule each, and the words that the error must have.</summary>
public sealed class SafetensorsRefusals
{
    private const string Good = "\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}";

    public static TheoryData<string, int, string> Headers => new()
    {
        { "", 0, "must begin with '{'" },
        { " {}", 0, "must begin with '{'" },
        { "[]", 0, "must begin with '{'" },
        { "{} {}", 0, "not valid JSON" },
        { "{", 0, "not valid JSON" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[[1]],\"data_offsets\":[0,1]}}", 1, "not valid JSON" },
        { "{" + Good + ",}", 2, "not valid JSON" },
        { "{" + Good + "," + Good + "}", 2, "tensor \"a\" appears twice" },
        { "{" + Good + ",\"\\u0061\":{}}", 2, "tensor \"a\" appears twice" },
        { "{\"\":{}}", 0, "name is empty" },
        { "{\"a\\u0000b\":{}}", 0, "control character 0 at 1" },
        { "{\"\\ud800\":{}}", 0, "no valid text" },
        { "{\"" + new string('n', 5000) + "\":{}}", 0, "5000 bytes exceeds the limit" },
        { "{\"a\":1}", 0, "tensor \"a\" is Number" },
        { "{\"__metadata__\":null}", 0, "__metadata__ is Null" },
        { "{\"__metadata__\":{\"k\":1}}", 0, "__metadata__.\"k\" is Number" },
        { "{\"__metadata__\":{\"k\":\"1\",\"k\":\"1\"}}", 0, "__metadata__.\"k\" appears twice" },
        { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ appears twice" },
        { "{\"a\":{\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "dtype is missing" },
        { "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,2]}}", 2, "shape is missing" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2]}}", 2, "data_offsets is missing" },
        { "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2,
            "dtype appears twice" },
        { "{\"a\":{\"dtype\":\"u8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "dtype \"u8\" is unknown" },
        { "{\"a\":{\"dtype\":8,\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "dtype is Number" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2],\"x\":1}}", 2, "unknown field \"x\"" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":2,\"data_offsets\":[0,2]}}", 2, "shape is Number" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[-2],\"data_offsets\":[0,2]}}", 2, "shape[0] is -2" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2e0],\"data_offsets\":[0,2]}}", 2, "shape[0] is 2e0" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2.0],\"data_offsets\":[0,2]}}", 2, "shape[0] is 2.0" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775808],\"data_offsets\":[0,2]}}", 2,
            "shape[0] is 9223372036854775808" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,2]}}", 2, "overflows" },
        { "{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2, "no whole number of bytes" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2,2]}}", 2, "data_offsets has 3 numbers" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,0]}}", 2, "ends before it begins" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}", 2, "ends beyond the data" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2, "takes 3 bytes" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2, "bytes 0 to 1 before it" },
        { "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 2, "the tensors end at byte 1" },
        { "{" + Good + ",\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", 3, "overlaps" },
        { "{" + Good + ",\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2, "overlaps" },
        { "{" + Good + ",\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[3,4]}}", 4, "bytes 2 to 3 before it" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_broken_rule_is_named(string header, int dataBytes, string words)
    {
        var error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Parse(File(Encoding.UTF8.GetBytes(header), dataBytes)));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7, 0UL, "at least 8 bytes")]
    [InlineData(8, 1UL, "does not fit")]
    [InlineData(8, 100_000_001UL, "limit of 100000000")]
    [InlineData(8, (1UL << 63) + 5, "limit of 100000000")]
    public void A_broken_length_is_named(int bytes, ulong length, string words)
    {
        var file = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        var error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Parse(file.AsMemory(0, bytes)));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_utf8_is_refused()
    {
        var error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Parse(File([(byte)'{', (byte)'"', 0xff,
            (byte)'"', (byte)'}'], 0)));
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_without_a_fault_is_read() =>
        Assert.Equal(2, SafetensorsFile.Parse(File(Encoding.UTF8.GetBytes("{" + Good + "}  "), 2))["a"].Bytes.Length);

    /// <summary>
    /// Every truncation and every change of one byte ends in an error of the format or in a file that is consistent.
    /// </summary>
    [Fact]
    public void Damage_never_ends_in_another_exception()
    {
        byte[] good = File(Encoding.UTF8.GetBytes("{\"__metadata__\":{\"k\":\"v\"}," + Good + ",\"b\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[2,6]}}"), 6);
        for (int length = 0; length < good.Length; length++)
            Assert.Throws<SafetensorsException>(() => SafetensorsFile.Parse(good.AsMemory(0, length)));
        int refused = 0;
        for (int at = 0; at < good.Length - 6; at++)
        {
            foreach (byte value in (ReadOnlySpan<byte>)[0, 1, (byte)'"', (byte)'9', (byte)'}', 0x7f, 0xff])
            {
                byte[] bad = [.. good];
                bad[at] = value;
                refused += Refused(bad) ? 1 : 0;
            }
        }
        Assert.InRange(refused, 500, 7 * good.Length);
    }

    private static bool Refused(byte[] bytes)
    {
        try
        {
            var file = SafetensorsFile.Parse(bytes);
            Assert.Equal(6, file.Tensors.Sum(t => t.Bytes.Length));
            return false;
        }
        catch (SafetensorsException)
        {
            return true;
        }
    }

    private static byte[] File(byte[] header, int dataBytes)
    {
        var file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        return file;
    }
}
