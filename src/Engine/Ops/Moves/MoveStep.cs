using Graft.Kernels.Move;
using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>Runs a mover on the operands' own memory.</summary>
internal sealed class MoveStep(IMover mover, MoveOperands operands) : ParallelStep
{
    public override int Units => mover.Units;

    public override long UnitCost => mover.Cost / Math.Max(mover.Units, 1);

    public override void RunRange(in RunContext c, int begin, int end, int worker) =>
        mover.Run(new MoveMemory(c, operands), begin, end);
}

/// <summary>Runs a mover on elements of less than a byte: unpacked before, packed afterwards.</summary>
internal sealed class PackedMoveStep(IMover mover, MoveOperands operands) : IStep
{
    public void Run(in RunContext c)
    {
        int bits = operands.Type.Bits();
        for (int i = 0; i < operands.Sources.Length; i++)
        {
            PackedBits.Unpack(c.Read<byte>(operands.Sources[i]), bits,
                c.Scratch<byte>(operands.SourceAreas![i])[..operands.SourceBytes(i)]);
        }
        var memory = new MoveMemory(c, operands);
        mover.Run(memory, 0, mover.Units);
        for (int i = 0; i < operands.Targets.Length; i++)
        {
            PackedBits.Pack(memory.Target(i), bits, c.Write<byte>(operands.Targets[i]));
        }
    }
}
