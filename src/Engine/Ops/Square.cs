using System.Numerics;
using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Simd;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SQUARE: x * x.</summary>
internal sealed class Square : UnaryOp, IOp<Square>
{
    public static OpSignature Signature => new(BuiltinOperator.Square, 1, "f32|f16|bf16|f64|u16|i32|u32|i64|u64 -> =0");

    public static Square Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => NumberFunction.Step<Function>(c);

    private readonly struct Function : INumberFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V, T>(V x) where V : unmanaged, ISimd<V, T> where T : unmanaged, IBinaryNumber<T> =>
            SquareFn<T>.Apply(x);
    }
}
