using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>
/// Where a recurrent cell writes its outputs: columns [<paramref name="Column"/>, …) of rows of <paramref name="Stride"/> elements; in reverse, the
/// sequences run from their end to their beginning.
/// </summary>
internal readonly record struct SequenceOutput(Operand Output, int Stride, int Column, bool Reverse)
{
    /// <summary>The outputs of a moment, <paramref name="count"/> values for each row.</summary>
    public void Write<T>(in RunContext c, Moment at, int count, ReadOnlySpan<T> values) where T : unmanaged
    {
        var target = c.Write<T>(Output);
        for (int r = 0; r < at.Rows; r++) values.Slice(r * count, count).CopyTo(target[((at.Row + r) * Stride + Column)..]);
    }
}
