using Graft.Conformance.Rules;
using Graft.Ops;
using Graft.Schema;

namespace Graft.Properties;

/// <summary>How cases of an operator are drawn: its plan says which shapes, attributes and data belong together.</summary>
internal sealed record OpRow(BuiltinOperator Code, Action<Sketch> Plan)
{
    private readonly Lazy<OpSignature> _signature = new(() =>
        OpTable.Rows.Single(row => row.Signature.Id == OpId.Builtin(Code)).Signature);

    private ReferenceSupport? Support => ReferenceSupport.Of(Name);

    /// <summary>
    /// The kernels of the reference that count for these types: <c>opt</c> where its reference kernels are wrong or missing, null where
    /// all are known to compute something else than they say: int64 read as int32, int16 as int8, an output left unset, the wrong half of a byte.
    /// </summary>
    public Func<TypeChoice, string?> Yardstick { get => field ?? (_ => Usual); init; }

    /// <summary>The reference kernels where the operator has any.</summary>
    public string Usual => Support is { ReferenceVersion: 0 } ? "opt" : "ref";

    /// <summary>Parts of messages with which Graft refuses, on purpose, what the reference runs.</summary>
    public string[] Refuses { get; init; } = [];

    public string Name => SchemaNames.Of(Code);

    /// <summary>The newest version that Graft and the reference's kernels know.</summary>
    private int Version
    {
        get
        {
            int known = Support is null ? 0 : Usual == "ref" ? Support.ReferenceVersion : Support.Version;
            return known == 0 ? _signature.Value.MaxVersion : Math.Min(known, _signature.Value.MaxVersion);
        }
    }

    public bool MayRefuse(string error) => Refuses.Any(part => error.Contains(part, StringComparison.Ordinal));

    public OneOpCase Draw(IReadOnlyList<int> choices)
    {
        var sketch = new Sketch(_signature.Value, Version, new(choices));
        Plan(sketch);
        return sketch.ToCase(Yardstick(sketch.Types));
    }
}
