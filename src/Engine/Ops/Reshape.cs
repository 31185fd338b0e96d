using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>RESHAPE: the same elements in another shape, which is input 1 or the option; -1 stands for what remains.</summary>
internal sealed class Reshape(int[] target) : IOp<Reshape>, IView
{
    public static OpSignature Signature => new(BuiltinOperator.Reshape, 1, "any i32|i64? -> =0");

    public static Reshape Read(in OperatorDef def)
    {
        int[] shape = def.Options<ReshapeOptionsView>().NewShape.ToArray();
        // Old converters wrote the scalar shape as [0].
        return new(shape is [0] ? [] : shape);
    }

    public void Infer(in InferContext c)
    {
        int[]? shape = target;
        if (c.HasInput(1) && c.Shape(1).Rank == 1)
        {
            if (!c.TryIntegers(1, out shape)) return;
        }
        int open = Array.IndexOf(shape, -1);
        var result = (int[])shape.Clone();
        if (open >= 0) result[open] = 1;
        bool isShape = Array.TrueForAll(result, d => d >= 0);
        c.Require(isShape, $"shape [{string.Join(",", shape)}] must have dimensions of at least 0, but for one -1");
        if (open >= 0) result[open] = Open(c.Shape(0), result);
        long count = c.Shape(0).ElementCount;
        c.Require((result.Contains(0) ? 0 : NonZero(result)) == count, $"{count} elements do not fit shape [{string.Join(",", shape)}]");
        c.SetOutput(0, result);
    }

    public IStep Prepare(in PrepareContext c) => CopyStep.For(c);

    /// <summary>
    /// The dimension that -1 stands for. An empty input leaves 0, unless the other dimensions are empty already: then zeros
    /// are left out of both shapes.
    /// </summary>
    private static int Open(Shape input, int[] others)
    {
        if (input.ElementCount == 0 && !others.Contains(0)) return 0;
        return (int)Math.Min(NonZero(input.Dimensions) / NonZero(others), int.MaxValue);
    }

    /// <summary>The product of the dimensions that are not 0; long.MaxValue when it is larger than that.</summary>
    private static long NonZero(ReadOnlySpan<int> shape)
    {
        Int128 product = 1;
        foreach (int d in shape) product = d == 0 ? product : Int128.Min(product * d, long.MaxValue);
        return (long)product;
    }
}
