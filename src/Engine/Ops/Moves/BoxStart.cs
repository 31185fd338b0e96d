using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>Where a box begins in a tensor: at indices read while the step runs, moved inside where it would reach out.</summary>
internal sealed class BoxStart(RunIntegers indices, Shape whole, Shape box, long[] strides, bool ofTarget) : IMoveOffset
{
    public (long Source, long Target) At(in RunContext c)
    {
        long start = 0;
        for (int a = 0; a < strides.Length; a++) start += Math.Clamp(indices.Read(c, a), 0, whole[a] - box[a]) * strides[a];
        return ofTarget ? (0, start) : (start, 0);
    }
}
