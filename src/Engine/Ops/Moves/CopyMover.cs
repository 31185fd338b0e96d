using Graft.Kernels.Move;
using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>An offset, in elements, that depends on run-time values; checked by whoever computes it.</summary>
internal interface IMoveOffset
{
    (long Source, long Target) At(in RunContext c);
}

/// <summary>Moves by a list of strided copies, which are independent unless it is made for a sequence.</summary>
internal sealed class CopyMover(DType type, bool isSequence = false) : IMover
{
    private readonly List<Part> _parts = [];
    private readonly List<int> _firstUnits = [];
    private int _units;

    private enum Origin
    {
        Source,
        Target,
        Constant,
    }

    public int Units => isSequence ? Math.Min(_units, 1) : _units;

    public long Cost { get; private set; }

    /// <summary>
    /// Copies a box of a source into a target. An offset, if any, is added to both starts when the step runs.
    /// </summary>
    public void Copy(ReadOnlySpan<CopyAxis> axes, long sourceStart = 0, long targetStart = 0, int source = 0,
        int target = 0, IMoveOffset? offset = null) =>
        Add(new(StridedCopy.Create(Move.ElementBytes(type), axes, sourceStart, targetStart), Origin.Source, source,
            target, [], offset));

    /// <summary>Copies a box within a target, from elements that earlier parts of the sequence wrote.</summary>
    public void CopyWithin(ReadOnlySpan<CopyAxis> axes, long from, long to, int target = 0) =>
        Add(new(StridedCopy.Create(Move.ElementBytes(type), axes, from, to), Origin.Target, target, target, [], null));

    /// <summary>Fills a box of a target with a constant: the axes' source steps are 0.</summary>
    public void Fill(ReadOnlySpan<CopyAxis> axes, byte[] element, long targetStart = 0, int target = 0) =>
        Add(new(StridedCopy.Create(Move.ElementBytes(type), axes, 0, targetStart), Origin.Constant, 0, target, element,
            null));

    public void Run(in MoveMemory memory, int begin, int end)
    {
        if (isSequence) (begin, end) = (0, end > 0 ? _units : 0);
        for (int p = 0; p < _parts.Count; p++)
        {
            int first = _firstUnits[p], from = Math.Max(begin - first, 0),
                to = Math.Min(end - first, _parts[p].Copy.Units);
            if (from < to) Run(memory, _parts[p], from, to);
        }
    }

    private void Run(in MoveMemory memory, in Part part, int begin, int end)
    {
        var target = memory.Target(part.Target);
        var source = part.Origin switch
        {
            Origin.Source => memory.Source(part.Source),
            Origin.Target => target,
            _ => part.Constant,
        };
        if (part.Offset is { } offset)
        {
            int width = Move.ElementBytes(type);
            var (s, t) = offset.At(memory.Context);
            source = source[checked((int)(s * width))..];
            target = target[checked((int)(t * width))..];
        }
        else if (part.Origin == Origin.Source && part.Copy.IsWhole && IsSame(source, target))
        {
            return;
        }
        part.Copy.Run(source, target, begin, end);
    }

    private static bool IsSame(ReadOnlySpan<byte> source, ReadOnlySpan<byte> target) =>
        source.Overlaps(target, out int offset) && offset == 0;

    private void Add(Part part)
    {
        if (part.Copy.Units == 0) return;
        _parts.Add(part);
        _firstUnits.Add(_units);
        _units = checked(_units + part.Copy.Units);
        Cost += part.Copy.Cost;
    }

    private readonly record struct Part(StridedCopy Copy, Origin Origin, int Source, int Target, byte[] Constant,
        IMoveOffset? Offset);
}
