using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Graft.Graphs;
using Graft.Kernels.Conv;
using Graft.Runtime;

namespace Graft.Ops.Matrix;

/// <summary>The weights of a depthwise convolution in the form of its kernel: made once when they are constant, otherwise by a step.</summary>
internal static class DepthwiseWeights
{
    private const int Filter = 1;

    private delegate void Pack<TWeight, TPacked>(ReadOnlySpan<TWeight> weights, Span<TPacked> packed);

    public static RightMatrix<float> Float(in PrepareContext c, in ConvGeometry geometry, DepthwiseFloat kernel, out IStep? first) =>
        Packed<float, float>(c, $"depthwise {geometry.FilterHeight}x{geometry.FilterWidth} {kernel.Width}", kernel.WeightsLength, kernel.Pack, out first);

    public static RightMatrix<short> Int<T>(in PrepareContext c, in ConvGeometry geometry, DepthwiseInt kernel, int zeroPoint, out IStep? first)
        where T : unmanaged, IBinaryInteger<T> => Packed<T, short>(c,
            $"depthwise {c.Type(Filter)} {zeroPoint} {geometry.FilterHeight}x{geometry.FilterWidth} {kernel.Layout}", kernel.WeightsLength,
            (weights, packed) => kernel.Pack(weights, zeroPoint, packed), out first);

    private static RightMatrix<TPacked> Packed<T, TPacked>(in PrepareContext c, string layout, long length, Pack<T, TPacked> pack, out IStep? first)
        where T : unmanaged
        where TPacked : unmanaged
    {
        c.Require(length <= int.MaxValue / Unsafe.SizeOf<TPacked>(), "the weights exceed 2 GB when packed");
        first = null;
        var type = c.Type(Filter);
        int count = (int)c.Shape(Filter).ElementCount;
        if (c.TryConstant(Filter, out _))
        {
            return new(c.Packed(Filter, layout, data =>
            {
                var packed = new PackedMatrix<TPacked>(1, length);
                // Weights narrower than a byte belong to operators whose T is sbyte.
                pack(MatrixWeights.Unpacked(type, data.Bytes, count) is { } unpacked ? MemoryMarshal.Cast<sbyte, T>(unpacked) : data.As<T>(), packed[0]);
                return packed;
            }));
        }
        c.Require(!type.IsPacked(), "weights narrower than a byte must be constant");
        var scratch = new RightMatrix<TPacked>(c.ScratchShared(length * Unsafe.SizeOf<TPacked>()), (int)length);
        first = new Step<T, TPacked>(c.In(Filter), scratch, pack);
        return scratch;
    }

    private sealed class Step<T, TPacked>(Operand weights, RightMatrix<TPacked> packed, Pack<T, TPacked> pack) : IStep
        where T : unmanaged
        where TPacked : unmanaged
    {
        public void Run(in RunContext c) => pack(c.Read<T>(weights), packed.Get(c, 0));
    }
}
