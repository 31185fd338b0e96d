using Graft.Errors;
using Graft.Kernels.Elementwise;
using Graft.Ops.Moves;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_COMPARE: whether a is less than, equal to or greater than b, as the direction says. NaN is unequal to everything.</summary>
internal sealed class StablehloCompare(StablehloComparisonDirection direction) : SameShapeOp, IOp<StablehloCompare>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloCompare, 1, $"{NumberTypes.All}|bf16|bool =0 -> bool");

    public StablehloComparisonDirection Direction => direction;

    public static StablehloCompare Read(in OperatorDef def)
    {
        var options = def.Options2<StablehloCompareOptionsView>();
        if (options.CompareType == StablehloComparisonType.FloatTotalOrder)
            throw new UnsupportedOptionException("the total order of floats is not supported (supported: their usual comparison)");
        if (!Enum.IsDefined(options.ComparisonDirection)) throw new UnsupportedOptionException($"comparison {options.ComparisonDirection} does not exist");
        return new(options.ComparisonDirection);
    }

    public override IStep Prepare(in PrepareContext c)
    {
        c.Require(c.Input(0).Quantization?.Scale == c.Input(1).Quantization?.Scale && c.Input(0).Quantization?.ZeroPoint == c.Input(1).Quantization?.ZeroPoint,
            "quantised inputs must have the same scale and zero point");
        return direction switch
        {
            StablehloComparisonDirection.Eq => Comparison.RawStep<IsEqual>(c),
            StablehloComparisonDirection.Ne => Comparison.RawStep<IsNotEqual>(c),
            StablehloComparisonDirection.Ge => Comparison.RawStep<IsGreaterOrEqual>(c),
            StablehloComparisonDirection.Gt => Comparison.RawStep<IsGreater>(c),
            StablehloComparisonDirection.Le => Comparison.RawStep<IsLessOrEqual>(c),
            _ => Comparison.RawStep<IsLess>(c),
        };
    }
}
