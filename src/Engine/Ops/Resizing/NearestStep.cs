using Graft.Kernels.Resize;
using Graft.Runtime;

namespace Graft.Ops.Resizing;

/// <summary>Picks pixels; each unit is one output row.</summary>
internal sealed class NearestStep(Operand input, Operand output, int[] rows, int inputRows, int images, NearestRow row, int inputRowBytes) : ParallelStep
{
    public override int Units => images * rows.Length;

    public override long UnitCost => row.OutputBytes / (row.HasBlocks ? 16 : 4);

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        var source = c.Read<byte>(input);
        var target = c.Write<byte>(output);
        int bytes = row.OutputBytes;
        for (int unit = begin, before = -1; unit < end; unit++)
        {
            int from = unit / rows.Length * inputRows + rows[unit % rows.Length];
            var to = target.Slice(unit * bytes, bytes);
            if (from == before) target.Slice((unit - 1) * bytes, bytes).CopyTo(to);
            else row.Run(source.Slice(from * inputRowBytes, inputRowBytes), to);
            before = from;
        }
    }
}
