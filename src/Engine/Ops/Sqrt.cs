using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SQRT. Quantised negative values are an error, quotients are cut towards zero.</summary>
internal sealed class Sqrt : UnaryOp, IOp<Sqrt>
{
    public static OpSignature Signature => new(BuiltinOperator.Sqrt, 2, "f32|f16|bf16|i8|u8|i16 -> =0");

    public static Sqrt Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0).IsFloat()) return Flat.Real<Kernels.Maths.Sqrt>(c);
        var action = new Quantized(c);
        return NumberTypes.DispatchNarrow<Quantized, IStep>(c.Type(0), ref action);
    }

    private readonly struct Quantized(PrepareContext c) : IIntegerAction<IStep>
    {
        public IStep Invoke<T>() where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            var fn = new Function<T>(TensorScale.SymmetricInput(c, 0), TensorScale.SymmetricOutput(c, 0));
            return NonNegative.Then<T>(c, Flat.Scalar<Function<T>, T, T>(c, fn));
        }
    }

    private readonly struct Function<T>(AffineScale input, AffineScale output) : IScalarUnaryFn<T, T>
        where T : unmanaged, IBinaryInteger<T>
    {
        public T Apply(T x)
        {
            float root = MathF.Sqrt(input.Scale * (int.CreateTruncating(x) - input.ZeroPoint));
            return T.CreateSaturating((double)MathF.Truncate(root / output.Scale) + output.ZeroPoint);
        }
    }
}
