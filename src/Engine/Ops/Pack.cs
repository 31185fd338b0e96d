using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>PACK: inputs of one shape stacked along a new axis.</summary>
internal sealed class Pack(int count, int axis) : IOp<Pack>
{
    public static OpSignature Signature => new(BuiltinOperator.Pack, 5, $"{Move.Types} =0* -> =0");

    public static Pack Read(in OperatorDef def)
    {
        var options = def.Options<PackOptionsView>();
        return new(options.ValuesCount, options.Axis);
    }

    public void Infer(in InferContext c)
    {
        c.Require(count == c.InputCount, $"values_count is {count}, but there are {c.InputCount} inputs");
        var element = c.Shape(0);
        for (int i = 0; i < count; i++)
        {
            c.Require(c.Shape(i) == element,
                $"input {i} has shape {c.Shape(i)}, input 0 {element}; they must be equal");
            SameQuantization.Require(c, i, 0);
        }
        int at = c.Axis(axis, element.Rank + 1);
        c.SetOutput(0, [.. element.Dimensions[..at], count, .. element.Dimensions[at..]]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var element = c.Shape(0);
        int at = axis < 0 ? axis + element.Rank + 1 : axis;
        var widths = new long[count];
        widths.AsSpan().Fill(element.Product(at, element.Rank));
        return Move.Step(c, Bands.Join(c.Type(0), element.Product(0, at), widths), [.. Enumerable.Range(0, count)],
            [0]);
    }
}
