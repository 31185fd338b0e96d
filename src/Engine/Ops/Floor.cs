using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>FLOOR: the largest whole number not above x.</summary>
internal sealed class Floor : UnaryOp, IOp<Floor>
{
    public static OpSignature Signature => new(BuiltinOperator.Floor, 1, "f32|f16|bf16 -> =0");

    public static Floor Read(in OperatorDef def) => new();

    public override IStep Prepare(in PrepareContext c) => Flat.AnyFloat<FloorFn<float>>(c);
}
