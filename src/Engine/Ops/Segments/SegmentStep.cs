using System.Numerics;
using Graft.Kernels.Reduce;
using Graft.Kernels.Segments;
using Graft.Runtime;

namespace Graft.Ops.Segments;

/// <summary>Joins the rows of input 0 by the segment numbers in input 1.</summary>
internal sealed class SegmentStep<TOp, T>(Operand data, Operand ids, Operand output, int segments, int inner) : IStep
    where TOp : struct, IReduction<T>
    where T : unmanaged, IBinaryNumber<T>
{
    public void Run(in RunContext c)
    {
        var numbers = c.Read<int>(ids);
        foreach (int id in numbers)
        {
            if (id >= segments) StepFault.Raise($"segment {id} is outside [0, {segments})");
        }
        SegmentReduce.Apply<TOp, T>(c.Read<T>(data), numbers, inner, c.Write<T>(output));
    }
}
