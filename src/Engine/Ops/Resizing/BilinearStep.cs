using Graft.Kernels.Resize;
using Graft.Runtime;

namespace Graft.Ops.Resizing;

/// <summary>Mixes four neighbours; each unit is one output row.</summary>
internal sealed class BilinearStep<TBilinear, T, W>(Operand input, Operand output, Shape from, Tap<W>[] rows, Tap<W>[] columns) : ParallelStep
    where TBilinear : struct, IBilinear<T, W>
    where T : unmanaged
    where W : unmanaged
{
    public override int Units => from[0] * rows.Length;

    public override long UnitCost => (long)columns.Length * (from[3] + 4);

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var source = c.Read<T>(input);
        var target = c.Write<T>(output);
        int depth = from[3], inputRow = from[2] * depth, outputRow = columns.Length * depth;
        for (int unit = begin; unit < end; unit++)
        {
            var tap = rows[unit % rows.Length];
            int first = unit / rows.Length * from[1];
            TBilinear.Row(source.Slice((first + tap.Low) * inputRow, inputRow), source.Slice((first + tap.High) * inputRow, inputRow), tap, columns,
                depth, target.Slice(unit * outputRow, outputRow));
        }
    }
}
