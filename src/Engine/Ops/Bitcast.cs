using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// BITCAST: the same bytes as another type; a last axis is added or dropped where the element sizes differ.
/// </summary>
internal sealed class Bitcast : IOp<Bitcast>, IView
{
    private const string Types = "f32|f16|bf16|f64|f8e4|f8e5|i8|u8|i16|u16|i32|u32|i64|u64|bool|c64|c128";

    public static OpSignature Signature => new(BuiltinOperator.Bitcast, 1, $"{Types} -> {Types}");

    public static Bitcast Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        int from = c.Type(0).Bits(), to = c.Output(0).Type.Bits();
        if (from == to) c.SetOutput(0, shape);
        else if (from > to) c.SetOutput(0, [.. shape.Dimensions, from / to]);
        else
        {
            c.Require(shape.Rank > 0 && shape[^1] == to / from,
                $"the last axis of {shape} must be {to / from}, "
                    + $"as many {c.Type(0).Name()} as make one {c.Output(0).Type.Name()}");
            c.SetOutput(0, shape.Dimensions[..^1]);
        }
    }

    public IStep Prepare(in PrepareContext c) => CopyStep.For(c);
}
