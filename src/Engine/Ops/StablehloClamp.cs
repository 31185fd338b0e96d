using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_CLAMP: input 1, but at least input 0 and at most input 2, each one element or of the same shape. NaN stays.</summary>
internal sealed class StablehloClamp : IOp<StablehloClamp>
{
    private const int Low = 0, Value = 1, High = 2, Result = -1;

    public static OpSignature Signature => new(BuiltinOperator.StablehloClamp, 1, $"{NumberTypes.All}|bf16 =0 =0 -> =0");

    public static StablehloClamp Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        foreach (int bound in (int[])[Low, High])
        {
            c.Require(c.Shape(bound) == c.Shape(Value) || c.Shape(bound).Rank == 0, $"a bound of shape {c.Shape(bound)} does not fit {c.Shape(Value)}");
        }
        c.SetOutput(0, c.Shape(Value));
    }

    public IStep Prepare(in PrepareContext c) =>
        new Sequence(Arithmetic.Step<LargerOrFirst>(c.With(Value, Low)), Arithmetic.Step<SmallerOrFirst>(c.With(Result, High)));
}
