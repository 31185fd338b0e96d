using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>NEG: -x; the smallest integer stays. Quantised values are negated as they are, as in the reference.</summary>
internal sealed class Neg : UnaryOp, IOp<Neg>
{
    public static OpSignature Signature => new(BuiltinOperator.Neg, 1, "f32|f16|bf16|f64|i8|i16|i32|i64 -> =0");

    public static Neg Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => NumberFunction.Step<Function>(c);

    private readonly struct Function : INumberFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V, T>(V x) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
            NegFn<T>.Apply(x);
    }
}
