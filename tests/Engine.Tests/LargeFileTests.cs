using System.Runtime.InteropServices;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>Files beyond 2 GB, which are holes but for the few bytes that a test writes.</summary>
public sealed class LargeFileTests : IDisposable
{
    private const long GB = 1L << 30;

    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".tflite");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Weights_may_lie_beyond_2_and_4_GB()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 2), w = b.Tensor("w", DType.Float32, 2, 2), bias = b.Tensor("b", DType.Float32, 2);
        (b.TensorAt(w).Buffer, b.TensorAt(bias).Buffer) = (Far(b, 5 * GB + 64, 16), Far(b, (2 * GB) - 4, 8));
        b.Output(b.FullyConnected(x, w, bias, "y", 1, 2));
        Write(b, 5 * GB + 128, (5 * GB + 64, [1, 2, 3, 4]), ((2 * GB) - 4, [10, 20]));
        using var model = Model.Load(_path);
        Assert.Equal(5 * GB + 128, model.ByteCount);
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].Span<float>().Fill(1);
        interpreter.Invoke();
        Assert.Equal([13f, 27], interpreter.Outputs[0].Span<float>().ToArray());
    }

    [Fact]
    public void Data_beyond_the_end_is_refused_with_the_buffer()
    {
        var b = new ModelBuilder();
        int c = b.Tensor("c", DType.Float32, 2);
        b.TensorAt(c).Buffer = Far(b, (3 * GB) - 4, 8);
        b.Output(c);
        Write(b, 3 * GB);
        var e = Assert.Throws<ModelFormatException>(() => Model.Load(_path));
        Assert.Equal(("buffers[1]", (3 * GB) - 4), (e.Field, e.Offset));
        Assert.Contains("outside the file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_tensor_beyond_2_GB_is_refused_with_its_name()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Int8, 1, 1 << 16), w = b.Tensor("w", DType.Int8, 1 << 15, 1 << 16), y = b.Tensor("y", DType.Int8, 1, 1 << 15);
        b.TensorAt(w).Buffer = Far(b, GB, 2 * GB);
        b.Operator(BuiltinOperator.FullyConnected, [x, w, -1], [y], new FullyConnectedOptionsRecord());
        b.Output(y);
        Write(b, 4 * GB);
        var e = Assert.Throws<ModelFormatException>(() => Model.Load(_path));
        Assert.Equal("subgraphs[0].tensors[1]", e.Field);
        Assert.Contains("\"w\"", e.Message, StringComparison.Ordinal);
        Assert.Contains("exceed the limit of 2 GB for one tensor", e.Message, StringComparison.Ordinal);
    }

    private static uint Far(ModelBuilder b, long offset, long size)
    {
        b.Record.Buffers!.Add(new() { Offset = (ulong)offset, Size = (ulong)size });
        return (uint)b.Record.Buffers.Count - 1;
    }

    private void Write(ModelBuilder b, long length, params (long Offset, float[] Values)[] data)
    {
        using var file = File.Create(_path);
        file.Write(b.ToBytes());
        file.SetLength(length);
        foreach (var (offset, values) in data)
        {
            file.Position = offset;
            file.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }
}
