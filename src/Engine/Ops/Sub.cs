using Graft.Kernels.Quant;
using Graft.Ops.Matrix;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>SUB: a - b, clamped by the fused activation.</summary>
internal sealed class Sub(ActivationFunctionType activation, bool powersOfTwo) : BinaryOp, IOp<Sub>
{
    public static OpSignature Signature => new(BuiltinOperator.Sub, 5, $"{NumberTypes.All}|bf16 =0 -> =0");

    public static Sub Read(in OperatorDef def)
    {
        var options = def.Options<SubOptionsView>();
        return new(FusedActivation.Check(options.FusedActivationFunction), options.PotScaleInt16);
    }

    public override IStep Prepare(in PrepareContext c) => RescaledSum.Applies(c)
        ? RescaledSum.Step<Difference>(c, activation, powersOfTwo)
        : c.Type(0) == DType.Float16 && activation == ActivationFunctionType.None ? Arithmetic.Step<Minus>(c)
        : Arithmetic.Step<Minus>(c, activation);
}
