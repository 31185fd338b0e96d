using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RESHAPE: the same elements in another shape, which is input 1 or the option; -1 stands for what remains.</summary>
internal sealed class Reshape(int[] target) : IOp<Reshape>, IView
{
    public static OpSignature Signature => new(BuiltinOperator.Reshape, 1, "any i32? -> =0");

    public static Reshape Read(in OperatorDef def) => new(def.Options<ReshapeOptionsView>().NewShape.ToArray());

    public void Infer(in InferContext c)
    {
        int[]? shape = target;
        if (c.HasInput(1) && c.Shape(1).Rank == 1)
        {
            if (!c.TryIntegers(1, out shape)) return;
        }
        // Old converters wrote the scalar shape as [0].
        else if (shape is [0]) shape = [];
        long count = c.Shape(0).ElementCount, known = 1;
        int open = -1;
        var result = (int[])shape.Clone();
        for (int i = 0; i < result.Length; i++)
        {
            if (result[i] != -1) known *= result[i];
            else if (open < 0) open = i;
            else c.Fail($"shape [{string.Join(",", shape)}] leaves two dimensions open");
        }
        if (open >= 0)
        {
            c.Require(known != 0 && count % known == 0, $"{count} elements do not fit shape [{string.Join(",", shape)}]");
            result[open] = (int)(count / known);
            known = count;
        }
        c.Require(known == count, $"{count} elements do not fit shape [{string.Join(",", shape)}]");
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c) => CopyStep.For(c);
}
