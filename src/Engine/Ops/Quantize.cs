using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>QUANTIZE: reals to quantised values, halves away from zero, or quantised values to another scale and type.</summary>
internal sealed class Quantize : UnaryOp, IOp<Quantize>
{
    public static OpSignature Signature => new(BuiltinOperator.Quantize, 6,
        "f32 -> i8|u8|i16|i4|u4", "f16 -> i8|u8", "i8|u8 -> i8|u8|i16", "i16 -> i8|i16|i32", "i32 -> i8|i16");

    public static Quantize Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        var output = c.Output(0);
        if (c.Type(0) == DType.Float32 && output.Type.IsPacked()) return new PackedStep(c, TensorScale.Output(c, 0));
        if (c.Type(0) == DType.Float16) return FromHalf(c, TensorScale.Output(c, 0));
        if (c.Type(0) == DType.Float32)
        {
            var fromReal = new FromReal(c);
            return NumberTypes.DispatchNarrow<FromReal, IStep>(output.Type, ref fromReal);
        }
        AffineScale from = TensorScale.InputOrZero(c, 0), to = TensorScale.Output(c, 0);
        if (c.Type(0) == DType.Int16 && output.Type == DType.Int16)
            c.Require(from.ZeroPoint == 0 && to.ZeroPoint == 0, "int16 to int16 needs zero points 0");
        var fn = new Requantized(from, to);
        return c.Type(0) switch
        {
            DType.Int8 => To<sbyte>(c, fn),
            DType.UInt8 => To<byte>(c, fn),
            DType.Int16 => To<short>(c, fn),
            _ => To<int>(c, fn),
        };
    }

    private static IStep FromHalf(in PrepareContext c, AffineScale scale) => c.Output(0).Type == DType.Int8
        ? Flat.Of<FromHalfKernel<sbyte>, Half, sbyte>(c, new(scale), Cost.Scalar)
        : Flat.Of<FromHalfKernel<byte>, Half, byte>(c, new(scale), Cost.Scalar);

    private static IStep To<TIn>(in PrepareContext c, Requantized fn) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        if (c.Output(0).Type == DType.Int32) return Flat.Wide<Requantized, TIn, int>(c, fn);
        var action = new Rescale<TIn>(c, fn);
        return NumberTypes.DispatchNarrow<Rescale<TIn>, IStep>(c.Output(0).Type, ref action);
    }

    private readonly struct Rescale<TIn>(PrepareContext c, Requantized fn) : IIntegerAction<IStep>
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => Flat.Wide<Requantized, TIn, T>(c, fn);
    }

    private readonly struct FromReal(PrepareContext c) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            var output = c.Output(0);
            var (scales, zeroPoints) = ChannelRuns.Parameters(c, output.Quantization, output.Type, "output 0");
            if (scales.Length == 1) return Flat.Of<Whole<T>, float, T>(c, new(scales[0], zeroPoints[0]), Cost.VectorMath);
            var runs = ChannelRuns.Of(c.Shape(0), output.Quantization!);
            return new ChannelStep<Channels<T>, float, T>(c.In(0), c.Out(0), runs, scales, zeroPoints);
        }
    }

    private readonly struct Whole<T>(float scale, int zeroPoint) : IFlatKernel<float, T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<float> input, Span<T> output) => Affine.Quantize(input, scale, zeroPoint, output);
    }

    private readonly struct FromHalfKernel<T>(AffineScale scale) : IFlatKernel<Half, T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public void Run(ReadOnlySpan<Half> input, Span<T> output)
        {
            Span<float> block = stackalloc float[256];
            // Quotients beyond keep the sign that saturates them.
            float limit = scale.Scale * (1 << 30);
            for (int start = 0; start < input.Length; start += block.Length)
            {
                var wide = block[..Math.Min(block.Length, input.Length - start)];
                HalfConvert.ToFloat(input.Slice(start, wide.Length), wide);
                Map.Apply(new Clamp<float>(-limit, limit), wide, wide);
                Affine.Quantize(wide, scale.Scale, scale.ZeroPoint, output.Slice(start, wide.Length));
            }
        }
    }

    private readonly struct Channels<T> : IChannelKernel<float, T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public static void Run(ReadOnlySpan<float> input, float scale, int zeroPoint, Span<T> output) =>
            Affine.Quantize(input, scale, zeroPoint, output);

        public static void Run(ReadOnlySpan<float> input, ReadOnlySpan<float> scales, ReadOnlySpan<int> zeroPoints, Span<T> output) =>
            Affine.QuantizeChannels(input, scales, zeroPoints, output);
    }

    private sealed class PackedStep(in PrepareContext c, AffineScale scale) : IStep
    {
        private readonly Operand _input = c.In(0);
        private readonly Operand _output = c.Out(0);
        private readonly int _bits = c.Output(0).Type.Bits();
        private readonly (long Low, long High) _range = c.Output(0).Type.IntegerRange();

        public void Run(in RunContext c) => PackedQuantize.Quantize(
            c.Read<float>(_input), scale, _bits, (int)_range.Low, (int)_range.High, c.Write<byte>(_output));
    }
}
