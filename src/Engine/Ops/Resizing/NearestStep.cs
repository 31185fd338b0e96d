using Graft.Kernels.Resize;
using Graft.Runtime;

namespace Graft.Ops.Resizing;

/// <summary>Picks pixels; each unit is one output row.</summary>
internal sealed class NearestStep<T>(Operand input, Operand output, Shape from, int[] rows, int[] columns) : ParallelStep where T : unmanaged
{
    public override int Units => from[0] * rows.Length;

    public override long UnitCost => (long)columns.Length * (from[3] + 8) / 4;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var source = c.Read<T>(input);
        var target = c.Write<T>(output);
        int depth = from[3], inputRow = from[2] * depth, outputRow = columns.Length * depth;
        for (int unit = begin; unit < end; unit++)
        {
            int row = unit / rows.Length * from[1] + rows[unit % rows.Length];
            Nearest.Row(source.Slice(row * inputRow, inputRow), columns, depth, target.Slice(unit * outputRow, outputRow));
        }
    }
}
