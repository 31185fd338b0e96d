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

    // Not what a record would do: that goes through the framework's comparers of a type that is not its own, which are compiled at run time.
    public bool Equals(OpId other) => Code == other.Code && IsInternal == other.IsInternal && CustomName == other.CustomName;

    public override int GetHashCode() => HashCode.Combine((int)Code, CustomName, IsInternal);

    /// <summary>The schema's name of a builtin, the name of a custom operator as the file spells it.</summary>
    public string Name => CustomName ?? SchemaNames.Of(Code);

    public override string ToString() => Name;
}
