using Graft.Runtime;

namespace Graft.Ops.Moves;

/// <summary>
/// The bytes that a mover reads and writes: of the operands themselves, or of scratch areas that stand for them.
/// </summary>
internal readonly ref struct MoveMemory(in RunContext context, MoveOperands operands)
{
    private readonly RunContext _context = context;

    /// <summary>For the values of index operands, which are not moved.</summary>
    public RunContext Context => _context;

    public ReadOnlySpan<byte> Source(int i) => operands.SourceAreas is { } areas
        ? _context.Scratch<byte>(areas[i])[..operands.SourceBytes(i)]
        : _context.Read<byte>(operands.Sources[i]);

    public Span<byte> Target(int i) => operands.TargetAreas is { } areas
        ? _context.Scratch<byte>(areas[i])[..operands.TargetBytes(i)]
        : _context.Write<byte>(operands.Targets[i]);
}
