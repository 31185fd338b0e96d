using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Kernels.Conv;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>The weights of an integer depthwise convolution in the form of its kernel: made once when they are constant, otherwise by a step.</summary>
internal static class DepthwiseWeights
{
    private const int Operand = 1;

    public static RightMatrix<short> Pack<T>(in PrepareContext c, DepthwiseInt kernel, string filter, int zeroPoint, out IStep? first) where T : unmanaged, IBinaryInteger<T>
    {
        long length = kernel.WeightsLength;
        c.Require(length <= int.MaxValue / sizeof(short), "the weights exceed 2 GB when packed");
        first = null;
        var type = c.Type(Operand);
        int count = (int)c.Shape(Operand).ElementCount;
        if (c.TryConstant(Operand, out _))
        {
            return new(c.Packed(Operand, $"depthwise {type} {zeroPoint} {filter} {kernel.Width}", data =>
            {
                var packed = new PackedMatrix<short>(1, length);
                if (MatrixWeights.Unpacked(type, data.Bytes, count) is { } unpacked) kernel.Pack<sbyte>(unpacked, zeroPoint, packed[0]);
                else kernel.Pack(MemoryMarshal.Cast<byte, T>(data.Bytes), zeroPoint, packed[0]);
                return packed;
            }));
        }
        c.Require(!type.IsPacked(), "weights narrower than a byte must be constant");
        var scratch = new RightMatrix<short>(c.ScratchShared(length * sizeof(short)), (int)length);
        first = new Step<T>(kernel, c.In(Operand), zeroPoint, scratch);
        return scratch;
    }

    private sealed class Step<T>(DepthwiseInt kernel, Operand weights, int zeroPoint, RightMatrix<short> packed) : IStep where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(in RunContext c) => kernel.Pack(c.Read<T>(weights), zeroPoint, packed.Get(c, 0));
    }
}
