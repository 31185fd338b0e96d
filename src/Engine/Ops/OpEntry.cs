namespace Graft.Ops;

internal delegate IOp OpReader(in OperatorDef def);

/// <summary>One row of the operator table: what is accepted, and how it is read.</summary>
internal sealed record OpEntry(OpSignature Signature, OpReader Read)
{
    public static OpEntry Of<TOp>() where TOp : IOp<TOp> => new(TOp.Signature, static (in OperatorDef def) => TOp.Read(def));
}
