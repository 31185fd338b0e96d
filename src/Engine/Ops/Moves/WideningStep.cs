using Graft.Kernels.Elementwise;
using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>Rows of a table of halves, picked by indices and widened to floats.</summary>
internal sealed class WideningStep(Operand indices, Operand table, Operand output, int count, int tableRows, int rowLength) : ParallelStep
{
    public override int Units => count;

    public override long UnitCost => rowLength;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var picked = c.Read<int>(indices);
        var rows = c.Read<Half>(table);
        var target = c.Write<float>(output);
        for (int i = begin; i < end; i++)
        {
            int row = picked[i];
            if ((uint)row >= (uint)tableRows) StepFault.Raise($"index {i} is {row}, outside [0, {tableRows})");
            HalfConvert.ToFloat(rows.Slice(row * rowLength, rowLength), target.Slice(i * rowLength, rowLength));
        }
    }
}
