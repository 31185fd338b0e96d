using Graft.Schema;

namespace Graft.Ops;

internal delegate IOp OpReader(in OperatorDef def);

/// <summary>One row of the operator table: what is accepted, how it is read, and the class that is read.</summary>
internal sealed record OpEntry(OpSignature Signature, OpReader Read, Type Operator)
{
    public static OpEntry Of<TOp>() where TOp : IOp<TOp> => new(TOp.Signature, static (in OperatorDef def) => TOp.Read(def), typeof(TOp));

    /// <summary>An operator that is the same as <typeparamref name="TOp"/> under another code, with the same types and without options.</summary>
    public static OpEntry Same<TOp>(BuiltinOperator code) where TOp : IOp<TOp> =>
        new(TOp.Signature.As(OpId.Builtin(code)), static (in OperatorDef def) => TOp.Read(def), typeof(TOp));

    /// <summary>The same as a custom operator.</summary>
    public static OpEntry Same<TOp>(string customName) where TOp : IOp<TOp> =>
        new(TOp.Signature.As(OpId.Custom(customName)), static (in OperatorDef def) => TOp.Read(def), typeof(TOp));

    /// <summary>The same with options of its own, and operands as in <paramref name="rows"/> where those of the twin differ.</summary>
    public static OpEntry Same<TOp>(BuiltinOperator code, OpReader read, params string[] rows) where TOp : IOp<TOp> =>
        new(rows.Length == 0 ? TOp.Signature.As(OpId.Builtin(code)) : new(code, 1, rows), read, typeof(TOp));
}
