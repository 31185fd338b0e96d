using Graft.Schema;

namespace Graft.Ops;

/// <summary>The identity of an operator: a builtin code, a custom operator's name, or the name of one that only Graft knows.</summary>
internal readonly record struct OpId
{
    private OpId(BuiltinOperator code, string? custom, bool isInternal)
    {
        Code = code;
        CustomName = custom;
        IsInternal = isInternal;
    }

    public BuiltinOperator Code { get; }

    public string? CustomName { get; }

    public bool IsInternal { get; }

    public static OpId Builtin(BuiltinOperator code) => new(code, null, false);

    public static OpId Custom(string name) => new(BuiltinOperator.Custom, name, false);

    public static OpId Internal(string name) => new(BuiltinOperator.Custom, name, true);

    /// <summary>The schema's name of a builtin, the name of a custom operator as the file spells it.</summary>
    public string Name => CustomName ?? SchemaNames.Of(Code);

    public override string ToString() => Name;
}
