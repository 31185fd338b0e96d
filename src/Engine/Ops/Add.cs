using Graft.Kernels.Quant;
using Graft.Ops.Adapted;
using Graft.Ops.Matrix;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>ADD: a + b, clamped by the fused activation.</summary>
internal sealed class Add(ActivationFunctionType activation, bool powersOfTwo) : BinaryOp, IOp<Add>, IChangeable
{
    public static OpSignature Signature => new(BuiltinOperator.Add, 6, $"{NumberTypes.All}|bf16 =0 -> =0!");

    public static Add Read(in OperatorDef def)
    {
        var options = def.Options<AddOptionsView>();
        return new(FusedActivation.Check(options.FusedActivationFunction), options.PotScaleInt16);
    }

    public override IStep Prepare(in PrepareContext c) => AdaptedOutput.Wrap(c, Plain(c));

    private IStep Plain(in PrepareContext c) => RescaledSum.Applies(c)
        ? RescaledSum.Step<Kernels.Quant.Sum>(c, activation, powersOfTwo)
        : Arithmetic.Step<Plus>(c, activation);
}
