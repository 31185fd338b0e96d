using System.Numerics;
using Graft.Kernels;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>DEQUANTIZE: scale * (q - zero point), rounded once; float16 and float8 are widened.</summary>
internal sealed class Dequantize : UnaryOp, IOp<Dequantize>
{
    public static OpSignature Signature => new(BuiltinOperator.Dequantize, 9, "i8|u8|i16|i4|u4|i2|f16|f8e4|f8e5 -> f32!");

    public static Dequantize Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        var input = c.Input(0);
        if (input.Type == DType.Float16) return Flat.Of<Halves, Half, float>(c, default, Cost.Vector);
        if (input.Type.IsFloat()) return new CastStep<double>(c, CastPaths.RealReader(input.Type)!, CastPaths.FromReals(DType.Float32));
        var (scales, zeroPoints) = ChannelRuns.Parameters(c, input.Quantization, input.Type, "input 0");
        var runs = ChannelRuns.Of(c.Shape(0), input.Quantization!);
        if (input.Type.IsPacked()) return new PackedStep(c, runs, scales, zeroPoints);
        if (input.Type == DType.Int16 && zeroPoints.AsSpan().ContainsAnyExcept(0))
            c.Fail($"input 0 is int16 with zero point {zeroPoints[0]}; int16 needs zero point 0");
        var action = new Whole(c, runs, scales, zeroPoints);
        return NumberTypes.DispatchNarrow<Whole, IStep>(input.Type, ref action);
    }

    private readonly struct Whole(PrepareContext c, ChannelRuns runs, float[] scales, int[] zeroPoints) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => scales.Length == 1
            ? Flat.Of<Kernel<T>, T, float>(c, new(scales[0], zeroPoints[0]), Cost.Vector)
            : new ChannelStep<Kernel<T>, T, float>(c.In(0), c.Out(0), runs, scales, zeroPoints);
    }

    private readonly struct Halves : IFlatKernel<Half, float>
    {
        public void Run(ReadOnlySpan<Half> input, Span<float> output) => HalfConvert.ToFloat(input, output);
    }

    private readonly struct Kernel<T>(float scale, int zeroPoint) : IFlatKernel<T, float>, IChannelKernel<T, float>
        where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(ReadOnlySpan<T> input, Span<float> output) => Affine.Dequantize(input, scale, zeroPoint, output);

        public static void Run(ReadOnlySpan<T> input, float scale, int zeroPoint, Span<float> output) =>
            Affine.Dequantize(input, scale, zeroPoint, output);

        public static void Run(ReadOnlySpan<T> input, ReadOnlySpan<float> scales, ReadOnlySpan<int> zeroPoints, Span<float> output) =>
            Affine.DequantizeChannels(input, scales, zeroPoints, output);
    }

    /// <summary>Unpacks block by block; each element finds its channel by its index.</summary>
    private sealed class PackedStep(in PrepareContext c, ChannelRuns runs, float[] scales, int[] zeroPoints) : IStep
    {
        private const int BlockLength = 512;

        private readonly Operand _input = c.In(0);
        private readonly Operand _output = c.Out(0);
        private readonly int _bits = c.Type(0).Bits();
        private readonly bool _isSigned = c.Type(0).IntegerRange().Low < 0;

        public void Run(in RunContext c)
        {
            Span<sbyte> block = stackalloc sbyte[BlockLength];
            var packed = c.Read<byte>(_input);
            var output = c.Write<float>(_output);
            for (int start = 0; start < output.Length; start += BlockLength)
            {
                var part = block[..Math.Min(BlockLength, output.Length - start)];
                PackedQuantize.Unpack(packed, _bits, _isSigned, start, part);
                for (int i = 0; i < part.Length; i++)
                {
                    int channel = (start + i) / runs.Inner % runs.Channels;
                    output[start + i] = scales[channel] * (part[i] - zeroPoints[channel]);
                }
            }
        }
    }
}
