using System.Numerics;
using Graft.Ops.Moves;

namespace Graft.Ops;

/// <summary>
/// The custom operator BroadcastGradientArgs: for two shapes that broadcast, the axes of the result along which the gradient of each is to
/// be summed. Those are the axes where it has length 1 or none; no axes where the shapes are equal.
/// </summary>
internal sealed class BroadcastGradientArgs : IOp<BroadcastGradientArgs>
{
    public static OpSignature Signature => new("BroadcastGradientArgs", "i32 i32 -> i32 i32", "i64 i64 -> i64 i64");

    public static BroadcastGradientArgs Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        c.Require(c.Shape(0).Rank == 1 && c.Shape(1).Rank == 1, $"the shapes have shapes {c.Shape(0)} and {c.Shape(1)}; vectors are expected");
        if (!c.TryIntegers(0, out int[]? a) || !c.TryIntegers(1, out int[]? b)) return;
        for (int i = 1; i <= Math.Min(a.Length, b.Length); i++)
        {
            c.Require(a[^i] == b[^i] || a[^i] == 1 || b[^i] == 1, $"shapes [{string.Join(",", a)}] and [{string.Join(",", b)}] do not broadcast together");
        }
        c.SetOutput(0, Axes(a, b).Length);
        c.SetOutput(1, Axes(b, a).Length);
    }

    public IStep Prepare(in PrepareContext c)
    {
        int[] a = c.Integers(0), b = c.Integers(1);
        return c.Type(0) == DType.Int64 ? Step<long>(c, Axes(a, b), Axes(b, a)) : Step<int>(c, Axes(a, b), Axes(b, a));
    }

    private static int[] Axes(int[] shape, int[] other)
    {
        int rank = Math.Max(shape.Length, other.Length);
        return shape.SequenceEqual(other) ? [] : [.. Enumerable.Range(0, rank).Where(axis => rank - axis > shape.Length || shape[^(rank - axis)] == 1)];
    }

    private static Sequence Step<T>(in PrepareContext c, int[] first, int[] second) where T : unmanaged, INumberBase<T> => new(
        new ConstantStep<T>(c.Out(0), Array.ConvertAll(first, T.CreateTruncating)), new ConstantStep<T>(c.Out(1), Array.ConvertAll(second, T.CreateTruncating)));
}
