using System.Runtime.InteropServices;
using Graft.Schema;

namespace Graft.Tests.Ops;

/// <summary>CAST of every pair of types, on vectors, to the results of the reference kernels, which go through a middle type.</summary>
public sealed class CastPairTests
{
    private const int Count = 1037;

    private static readonly DType[] s_types =
    [
        DType.Float32, DType.Float64, DType.Float16, DType.BFloat16, DType.Int8, DType.UInt8, DType.Int16, DType.UInt16, DType.Int32, DType.UInt32, DType.Int64, DType.Bool,
        DType.Complex64,
    ];

    public static TheoryData<DType> Types => [.. s_types];

    [Theory]
    [MemberData(nameof(Types))]
    public void Vectors_convert_as_single_elements(DType from)
    {
        byte[] values = new byte[Count * from.Bits() / 8];
        new Random(3).NextBytes(values);
        if (from == DType.Bool) values = [.. values.Select(v => (byte)(v & 1))];
        // The first ones are small, as most numbers are.
        if (from is DType.Float32) Enumerable.Range(-300, 600).Select(i => i / 2f).ToArray().AsSpan().CopyTo(MemoryMarshal.Cast<byte, float>(values.AsSpan()));
        if (from is DType.Float64) Enumerable.Range(-300, 600).Select(i => i / 2.0).ToArray().AsSpan().CopyTo(MemoryMarshal.Cast<byte, double>(values.AsSpan()));
        foreach (var to in s_types.Where(t => t != from))
        {
            byte[] fast = Run(from, to, values, KernelSet.Fast), plain = Run(from, to, values, KernelSet.Reference);
            int width = to.Bits() / 8;
            for (int i = 0; i < Count; i++)
            {
                ReadOnlySpan<byte> a = fast.AsSpan(i * width, width), b = plain.AsSpan(i * width, width);
                Assert.True(a.SequenceEqual(b) || (IsNaN(to, a) && IsNaN(to, b)), $"{from.Name()} to {to.Name()}, element {i}: {Convert.ToHexString(a)}, not {Convert.ToHexString(b)}");
            }
        }
    }

    private static bool IsNaN(DType type, ReadOnlySpan<byte> bits) => type switch
    {
        DType.Float32 => float.IsNaN(BitConverter.ToSingle(bits)),
        DType.Float64 => double.IsNaN(BitConverter.ToDouble(bits)),
        DType.Float16 => Half.IsNaN(BitConverter.ToHalf(bits)),
        DType.BFloat16 => (BitConverter.ToUInt16(bits) & 0x7FFF) > 0x7F80,
        DType.Complex64 => float.IsNaN(BitConverter.ToSingle(bits)),
        _ => false,
    };

    private static byte[] Run(DType from, DType to, byte[] values, KernelSet kernels)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", from, Count), y = b.Tensor("y", to, Count);
        using var model = b.Operator(BuiltinOperator.Cast, [x], [y], new CastOptionsRecord(), 5).Output(y).Load();
        using var interpreter = new Interpreter(model, new() { Kernels = kernels });
        values.CopyTo(interpreter.Inputs[0].Bytes);
        interpreter.Invoke();
        return interpreter.Outputs[0].Bytes.ToArray();
    }
}
