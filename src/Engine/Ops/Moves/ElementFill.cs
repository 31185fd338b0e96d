using Graft.Kernels.Move;

namespace Graft.Ops.Moves;

/// <summary>Fills a whole target with one element.</summary>
internal static class ElementFill
{
    public static StridedCopy Of(DType type, long count) =>
        StridedCopy.Create(Move.ElementBytes(type), [new(checked((int)count), 0, 1)]);
}
