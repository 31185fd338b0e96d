using Graft.Runtime;

namespace Graft.Ops.Recurrent;

/// <summary>Where a recurrent cell writes its outputs: columns [<paramref name="Column"/>, …) of rows of <paramref name="Stride"/> elements.</summary>
internal readonly record struct SequenceOutput(Operand Output, int Stride, int Column, bool Reverse)
{
    /// <summary>The outputs of rows [row, row + rows), each of <paramref name="count"/> values.</summary>
    public void Write<T>(in RunContext c, int row, int rows, int count, ReadOnlySpan<T> values) where T : unmanaged
    {
        var target = c.Write<T>(Output);
        for (int r = 0; r < rows; r++) values.Slice(r * count, count).CopyTo(target[((row + r) * Stride + Column)..]);
    }
}
