using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>Rows of a tensor by sequence: <see cref="Length"/> rows of <see cref="Width"/> elements each.</summary>
internal sealed class SequenceRows(int length, int width, PatchRows rows)
{
    public int Length { get; } = length;

    public int Width { get; } = width;

    /// <returns>Null where the tensor is no such thing, or its shape not known.</returns>
    public static SequenceRows? Of(in PrepareContext c, int? tensor, int sequences)
    {
        if (tensor is not { } index || c.ShapeOf(index) is not { Rank: > 0 } shape || shape.ElementCount == 0) return null;
        int count = (int)(shape.ElementCount / shape[^1]);
        return count % sequences == 0 && PatchRows.Of(c.Subgraph.Tensors[index], count, shape[^1], new Operand(index)) is { } rows ? new(count / sequences, shape[^1], rows) : null;
    }

    public ReadOnlySpan<float> Read(in RunContext c, int sequence, int first, int count, Span<float> buffer) =>
        rows.Read(c, sequence * Length + first, count, buffer, out _, out _)[..(count * Width)];
}
