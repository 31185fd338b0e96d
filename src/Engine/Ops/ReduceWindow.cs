using Graft.Errors;
using Graft.Ops.Reducing;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>REDUCE_WINDOW: the windows of input 0 reduced from input 1; inputs 2 to 4 hold their lengths, strides and dilations.</summary>
internal sealed class ReduceWindow(BodyFunction function) : IOp<ReduceWindow>
{
    public static OpSignature Signature => new(BuiltinOperator.ReduceWindow, 1, $"{WindowSteps.Types} =0 i64 i64 i64 -> =0");

    public static ReduceWindow Read(in OperatorDef def)
    {
        var function = def.Options2<ReduceWindowOptionsView>().ReduceFunction;
        return new(function switch
        {
            ReduceWindowFunction.Add => BodyFunction.Add,
            ReduceWindowFunction.Mul => BodyFunction.Multiply,
            ReduceWindowFunction.Minimum => BodyFunction.Minimum,
            ReduceWindowFunction.Maximum => BodyFunction.Maximum,
            ReduceWindowFunction.All => BodyFunction.And,
            ReduceWindowFunction.Any => BodyFunction.Or,
            _ => throw new UnsupportedOptionException($"reduce function {function} is not supported (supported: Add, Mul, Minimum, Maximum, All, Any)"),
        });
    }

    public void Infer(in InferContext c)
    {
        WindowSteps.RequireInit(c);
        if (!c.TryIntegers(2, out int[]? lengths) || !c.TryIntegers(3, out int[]? strides) || !c.TryIntegers(4, out int[]? dilations)) return;
        c.SetOutput(0, Windows.Plain(lengths, strides, dilations).Output(c, c.Shape(0)));
    }

    public IStep Prepare(in PrepareContext c) =>
        WindowSteps.For(c, Windows.Plain(c.Integers(2), c.Integers(3), c.Integers(4)).Axes(c.Shape(0), c.OutputShape(0).Dimensions), function);
}
