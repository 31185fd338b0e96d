using Graft.Runtime;

namespace Graft.Ops.Pointwise;

/// <summary>Reads elements [start, start + count) of a tensor as one of the two types that conversions go through.</summary>
internal delegate void CastReader<TMiddle>(ReadOnlySpan<byte> tensor, int start, Span<TMiddle> block);

/// <summary>Writes a block to elements [start, start + count) of a tensor.</summary>
internal delegate void CastWriter<TMiddle>(ReadOnlySpan<TMiddle> block, int start, Span<byte> tensor);

/// <summary>Converts a tensor block by block, through <typeparamref name="TMiddle"/>.</summary>
internal sealed class CastStep<TMiddle>(in PrepareContext c, CastReader<TMiddle> read, CastWriter<TMiddle> write) : ParallelStep
    where TMiddle : unmanaged
{
    /// <summary>Elements of a block; a multiple of the elements that any packed type has in a byte.</summary>
    private const int BlockLength = 512;

    private const int BlocksPerUnit = 16;

    private readonly Operand _input = c.In(0);
    private readonly Operand _output = c.Out(0);
    private readonly long _count = c.Shape(0).ElementCount;

    public override int Units => (int)((_count + (BlockLength * BlocksPerUnit) - 1) / (BlockLength * BlocksPerUnit));

    public override long UnitCost => Math.Min(_count, BlockLength * BlocksPerUnit) * Cost.Scalar * 2 / Cost.Unit;

    public override void RunRange(in RunContext c, int begin, int end, int worker)
    {
        Span<TMiddle> block = stackalloc TMiddle[BlockLength];
        var input = c.Read<byte>(_input);
        var output = c.Write<byte>(_output);
        long last = Math.Min(_count, (long)end * BlocksPerUnit * BlockLength);
        for (long start = (long)begin * BlocksPerUnit * BlockLength; start < last; start += BlockLength)
        {
            var part = block[..(int)Math.Min(BlockLength, last - start)];
            read(input, (int)start, part);
            write(part, (int)start, output);
        }
    }
}
