using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SIGN: -1, 0 or 1; NaN stays.</summary>
internal sealed class Sign : UnaryOp, IOp<Sign>
{
    public static OpSignature Signature => new(BuiltinOperator.Sign, 2, "f32|f16|bf16|f64|i32|i64 -> =0");

    public static Sign Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => NumberFunction.Step<Function>(c);

    private readonly struct Function : INumberFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V, T>(V x) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
            SignFn<T>.Apply(x);
    }
}
