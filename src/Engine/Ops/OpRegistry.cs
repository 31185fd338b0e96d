using System.Collections.Frozen;

namespace Graft.Ops;

/// <summary>The operators that a model may use: those of <see cref="OpTable"/> and the caller's own, which come first.</summary>
internal sealed class OpRegistry
{
    private static readonly FrozenDictionary<OpId, OpEntry> Builtin = OpTable.Rows.ToFrozenDictionary(r => r.Signature.Id);

    private readonly Dictionary<string, OpEntry> _custom = [];

    public OpRegistry(IEnumerable<CustomOperator> custom)
    {
        foreach (var op in custom) _custom[op.Name] = op.Entry();
    }

    public OpEntry? Find(OpId id) =>
        id.CustomName is { } name && _custom.TryGetValue(name, out var own) ? own : Builtin.GetValueOrDefault(id);
}
