using System.Text;
using Graft.Safetensors;

namespace Graft.Tests.Safetensors;

/// <summary>What the writer writes, the reader reads; and the bytes are the expected ones.</summary>
public sealed class SafetensorsRoundTrip
{
    [Fact]
    public void The_bytes_are_fixed()
    {
        var writer = new SafetensorsWriter();
        writer.Metadata["z"] = "é\"";
        writer.Metadata["a"] = "1";
        writer.Add("bytes", SafetensorsDType.U8, [3], new byte[] { 1, 2, 3 });
        writer.Add("wide", SafetensorsDType.I16, [1], new byte[] { 4, 5 });
        string header = """
            {"__metadata__":{"a":"1","z":"é\""},"wide":{"dtype":"I16","shape":[1],"data_offsets":[0,2]},
            "bytes":{"dtype":"U8","shape":[3],"data_offsets":[2,5]}}
            """.ReplaceLineEndings("");
        byte[] text = Encoding.UTF8.GetBytes(header);
        int padded = (text.Length + 7) / 8 * 8;
        byte[] expected = [.. BitConverter.GetBytes((long)padded), .. text,
            .. Enumerable.Repeat((byte)' ', padded - text.Length), 4, 5, 1, 2, 3];
        Assert.Equal(expected, writer.ToBytes());
    }

    [Fact]
    public void Every_type_and_odd_shapes_come_back()
    {
        var writer = new SafetensorsWriter { Order = SafetensorsOrder.AsAdded };
        foreach (var type in Enum.GetValues<SafetensorsDType>())
        {
            writer.Add($"{type}/full", type, [2, 4], Enumerable.Range(0, type.Bits()).Select(i => (byte)i).ToArray());
            writer.Add($"{type}/empty", type, [3, 0], Array.Empty<byte>());
        }
        writer.Add("scalar", SafetensorsDType.F64, [], new byte[8]);
        var file = SafetensorsFile.Parse(writer.ToBytes());
        Assert.Equal(2 * Enum.GetValues<SafetensorsDType>().Length + 1, file.Tensors.Count);
        foreach (var type in Enum.GetValues<SafetensorsDType>())
        {
            Assert.Equal(type, file[$"{type}/full"].Type);
            Assert.Equal(new Shape(2, 4), file[$"{type}/full"].ToShape());
            Assert.Equal(Enumerable.Range(0, type.Bits()).Select(i => (byte)i), file[$"{type}/full"].Bytes.ToArray());
            Assert.Equal(new Shape(3, 0), file[$"{type}/empty"].ToShape());
        }
        Assert.Equal(Shape.Scalar, file["scalar"].ToShape());
    }

    [Fact]
    public void Names_of_types_are_those_of_the_enum()
    {
        foreach (var type in Enum.GetValues<SafetensorsDType>())
        {
            Assert.Equal(type.ToString(), type.Name());
            Assert.True(SafetensorsDTypes.TryParse(type.Name(), out var parsed));
            Assert.Equal(type, parsed);
        }
    }

    [Fact]
    public void The_writer_refuses_what_the_reader_would()
    {
        var writer = new SafetensorsWriter();
        writer.Add("a", SafetensorsDType.U8, [1], new byte[1]);
        Assert.Throws<ArgumentException>(() => writer.Add("a", SafetensorsDType.U8, [1], new byte[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("", SafetensorsDType.U8, [1], new byte[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", SafetensorsDType.U8, [1], new byte[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("b", SafetensorsDType.F32, [1], new byte[3]));
        Assert.Throws<ArgumentException>(() => writer.Add("b", SafetensorsDType.F4, [1], new byte[1]));
    }

    [Fact]
    public void The_path_is_in_the_message()
    {
        string path = Path.GetTempFileName();
        try
        {
            var error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Tensors_of_a_large_file_are_read_when_they_are_asked_for()
    {
        byte[] large = new byte[3 << 20], small = [1, 2, 3];
        new Random(1).NextBytes(large);
        var writer = new SafetensorsWriter();
        writer.Add("large", SafetensorsDType.U8, [large.Length], large);
        writer.Add("small", SafetensorsDType.U8, [3], small);
        string path = Path.GetTempFileName();
        try
        {
            writer.Save(path);
            using var file = SafetensorsFile.OpenTensors(path);
            Assert.Equal(large.Length, file["large"].ByteCount);
            Assert.True(file["large"].Bytes.SequenceEqual(large));
            Assert.Equal(small, file["small"].Data.ToArray());
            byte[] copy = new byte[large.Length];
            file["large"].CopyTo(copy);
            Assert.True(copy.AsSpan().SequenceEqual(large));
            Assert.Throws<ArgumentOutOfRangeException>(() => file["large"].CopyTo(new byte[5]));
            file.Dispose();
            Assert.Throws<ObjectDisposedException>(() => file["large"].Data.Length);
            using (var stream = File.OpenWrite(path)) stream.SetLength(2 << 20);
            Assert.StartsWith(path, Assert.Throws<SafetensorsException>(() => SafetensorsFile.OpenTensors(path)).Message, StringComparison.Ordinal);
            Assert.StartsWith(path, Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
