namespace Graft.Ops;

/// <summary>The operators that a model may use: those of <see cref="OpTable"/> and the caller's own, which come first.</summary>
internal sealed class OpRegistry
{
    private static readonly Dictionary<int, OpEntry> s_builtins =
        OpTable.Rows.Where(r => r.Signature.Id.CustomName is null).ToDictionary(r => (int)r.Signature.Id.Code);

    private static readonly OpEntry[] s_named = [.. OpTable.Rows.Where(r => r.Signature.Id.CustomName is not null)];

    private readonly Dictionary<string, OpEntry> _custom = [];

    public OpRegistry(IEnumerable<CustomOperator> custom)
    {
        foreach (var op in custom) _custom[op.Name] = op.Entry();
    }

    public OpEntry? Find(OpId id) =>
        id.CustomName is { } name && _custom.TryGetValue(name, out var own) ? own : Known(id);

    private static OpEntry? Known(OpId id) =>
        id.CustomName is null ? s_builtins.GetValueOrDefault((int)id.Code) : Array.Find(s_named, row => row.Signature.Id == id);
}
