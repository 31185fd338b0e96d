using Graft.Kernels.Elementwise;
using Graft.Runtime;

namespace Graft.Ops.Pointwise;

/// <summary>Compares strings byte by byte, broadcast: 1 where they are equal, or where they differ.</summary>
internal sealed class StringEqualityStep(in PrepareContext c, bool whenEqual) : IStep
{
    private readonly Operand _a = c.In(0);
    private readonly Operand _b = c.In(1);
    private readonly Operand _output = c.Out(0);
    private readonly BroadcastShape _shape = new(c.Shape(0).Dimensions, c.Shape(1).Dimensions);

    public void Run(in RunContext c)
    {
        var a = new StringBuffer(c.Read<byte>(_a));
        var b = new StringBuffer(c.Read<byte>(_b));
        var output = c.Write<byte>(_output);
        var walk = new BroadcastWalk(_shape);
        int stepA = walk.Repeats(0) ? 0 : 1, stepB = walk.Repeats(1) ? 0 : 1;
        for (int start = 0; walk.Next(); start += walk.Length)
        {
            for (int i = 0; i < walk.Length; i++)
            {
                bool isEqual = a[(int)walk.A + i * stepA].SequenceEqual(b[(int)walk.B + i * stepB]);
                output[start + i] = isEqual == whenEqual ? (byte)1 : (byte)0;
            }
        }
    }
}
