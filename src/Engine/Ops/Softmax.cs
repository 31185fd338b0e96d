using System.Numerics;
using Graft.Kernels.Quant;
using Graft.Kernels.Reduce;
using Graft.Ops.Pointwise;
using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SOFTMAX along the last axis: exp(beta x) over its sum. Quantised outputs have the fixed scales 1/256 (8 bits) and 1/32768.</summary>
internal sealed class Softmax(float beta, bool inPlace) : RowOp, IOp<Softmax>
{
    public static OpSignature Signature => new(BuiltinOperator.Softmax, 4, "f32|f16|i8|u8|i16 -> =0", "i8|u8 -> i16");

    public float Beta => beta;

    public static Softmax Read(in OperatorDef def) => new(def.Options<SoftmaxOptionsView>().Beta, inPlace: def.Input(0)?.Type != DType.Int16);

    /// <summary>The 16-bit kernel keeps exponentials in its output while it still reads the input.</summary>
    public override ReadOnlySpan<int> InPlaceInputs => inPlace ? base.InPlaceInputs : [];

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float32 && c.Kernels == KernelSet.Reference) return new RowStep<PlainFloats, float, float>(c, new(beta), Cost.ScalarMath);
        if (c.Type(0) == DType.Float32 && c.PlainFloats) return new RowStep<OrderedFloats, float, float>(c, new(beta), Cost.VectorMath * 4);
        if (c.Type(0) == DType.Float32) return new RowStep<Floats, float, float>(c, new(beta), Cost.VectorMath * 2);
        if (c.Type(0) == DType.Float16) return new RowStep<Halves, Half, Half>(c, new(beta), Cost.Scalar * 2);
        c.Require(float.IsFinite(beta) && beta > 0, $"beta is {beta}; a positive finite number is expected");
        float scale = TensorScale.SymmetricInput(c, 0).Scale;
        CheckOutput(c);
        if (c.Type(0) == DType.Int16) return new RowStep<Shorts, short, short>(c, new(new(scale, beta)), Cost.Scalar * 4);
        c.Require((double)beta * scale > 1.0 / (1 << 26), $"beta * input scale is {beta * scale:R}; more than 2^-26 is expected");
        var table = new Softmax8(scale, beta);
        return c.Type(0) == DType.Int8 ? Bytes<sbyte>(c, table) : Bytes<byte>(c, table);
    }

    private static IStep Bytes<TIn>(in PrepareContext c, Softmax8 table) where TIn : unmanaged, IBinaryInteger<TIn>
    {
        var action = new ToOutput<TIn>(c, table);
        return NumberTypes.DispatchNarrow<ToOutput<TIn>, IStep>(c.Output(0).Type, ref action);
    }

    /// <summary>The arithmetic has no place for another output scale; int8 and int16 say so in the reference too.</summary>
    private static void CheckOutput(in PrepareContext c)
    {
        if (c.Type(0) != c.Output(0).Type || c.Type(0) == DType.UInt8) return;
        var output = TensorScale.Output(c, 0);
        bool isByte = c.Type(0) == DType.Int8;
        float scale = isByte ? 1f / 256 : 1f / 32768;
        int zero = isByte ? sbyte.MinValue : 0;
        c.Require(output.ZeroPoint == zero && MathF.Abs(output.Scale - scale) <= scale / 1000,
            $"{c.Type(0).Name()} output needs scale {scale:R} and zero point {zero}, it has {output.Scale:R} and {output.ZeroPoint}");
    }

    private readonly struct ToOutput<TIn>(PrepareContext c, Softmax8 table) : IIntegerAction<IStep>
        where TIn : unmanaged, IBinaryInteger<TIn>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new RowStep<Tabulated<TIn, T>, TIn, T>(c, new(table), Cost.Scalar);
    }

    private readonly struct Floats(float beta) : IRowKernel<float, float>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<float> input, int length, Span<float> scratch, Span<float> output) =>
            Kernels.Reduce.Softmax.Apply(input, length, beta, output);
    }

    private readonly struct OrderedFloats(float beta) : IRowKernel<float, float>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<float> input, int length, Span<float> scratch, Span<float> output) =>
            OrderedSoftmax.Apply(input, length, beta, output);
    }

    private readonly struct PlainFloats(float beta) : IRowKernel<float, float>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<float> input, int length, Span<float> scratch, Span<float> output) =>
            Kernels.Reference.PlainRows.Softmax(input, length, beta, output);
    }

    private readonly struct Halves(float beta) : IRowKernel<Half, Half>
    {
        public static bool NeedsScratch => true;

        public void Run(ReadOnlySpan<Half> input, int length, Span<float> scratch, Span<Half> output)
        {
            for (int start = 0; start < input.Length; start += length)
            {
                var row = scratch[..length];
                for (int i = 0; i < length; i++) row[i] = (float)input[start + i];
                Kernels.Reduce.Softmax.Apply(row, length, beta, row);
                for (int i = 0; i < length; i++) output[start + i] = (Half)row[i];
            }
        }
    }

    private readonly struct Shorts(Softmax16 tables) : IRowKernel<short, short>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<short> input, int length, Span<float> scratch, Span<short> output) =>
            tables.Run(input, length, output);
    }

    private readonly struct Tabulated<TIn, TOut>(Softmax8 table) : IRowKernel<TIn, TOut>
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>, IMinMaxValue<TOut>
    {
        public static bool NeedsScratch => false;

        public void Run(ReadOnlySpan<TIn> input, int length, Span<float> scratch, Span<TOut> output) =>
            table.Run(input, length, output);
    }
}
