namespace Graft.SchemaGen;

/// <summary>The whole description: what a <c>.schema</c> file says, checked for consistency.</summary>
public sealed record SchemaDefinition(
    string Identifier,
    int Version,
    string Root,
    IReadOnlyList<EnumDefinition> Enums,
    IReadOnlyList<UnionDefinition> Unions,
    IReadOnlyList<TableDefinition> Tables);

/// <summary>An enum; a member's value is its position.</summary>
public sealed record EnumDefinition(string Name, ScalarType Type, IReadOnlyList<EnumMember> Members);

public sealed record EnumMember(string SchemaName, string Identifier);

/// <summary>A union; a member's tag is its position plus one.</summary>
public sealed record UnionDefinition(string Name, IReadOnlyList<string> Members);

public sealed record TableDefinition(string Name, IReadOnlyList<FieldDefinition> Fields)
{
    public string View => Name + "View";

    public string Record => Name + "Record";

    /// <summary>The fields that still mean something.</summary>
    public IEnumerable<FieldDefinition> Live => Fields.Where(f => f.Kind != FieldKind.Removed);
}

public enum FieldKind
{
    Removed,
    Scalar,
    String,
    ScalarVector,
    Table,
    TableVector,
    Union,
}

/// <summary>A field of a table.</summary>
/// <param name="Slot">Position in the vtable; of a union, the slot of the value (the tag is one before).</param>
/// <param name="Name">The schema's name.</param>
/// <param name="Kind">What is stored.</param>
/// <param name="Scalar">The element of a scalar or a scalar vector.</param>
/// <param name="TypeName">The C# element type, the table or the union.</param>
/// <param name="Default">A C# expression.</param>
/// <param name="Align">Alignment of a vector's elements that a writer must give, or 0.</param>
/// <param name="Accessor">Name of a union's typed accessor.</param>
public sealed record FieldDefinition(
    int Slot,
    string Name,
    FieldKind Kind,
    ScalarType? Scalar,
    string TypeName,
    string Default,
    int Align,
    string Accessor)
{
    public string Property => Naming.Pascal(Name);

    public bool IsEnum => Scalar is not null && TypeName != Scalar.CSharp;
}

/// <summary>A scalar of the description, and the names of the methods that read and write it.</summary>
public sealed record ScalarType(string Name, string CSharp, string Method, string Builder, int Size, string Zero)
{
    public static IReadOnlyList<ScalarType> All { get; } =
    [
        new("bool", "bool", "Boolean", "Bool", 1, "false"),
        new("i8", "sbyte", "SByte", "Sbyte", 1, "0"),
        new("u8", "byte", "Byte", "Byte", 1, "0"),
        new("u16", "ushort", "UInt16", "Ushort", 2, "0"),
        new("i32", "int", "Int32", "Int", 4, "0"),
        new("u32", "uint", "UInt32", "Uint", 4, "0"),
        new("i64", "long", "Int64", "Long", 8, "0"),
        new("u64", "ulong", "UInt64", "Ulong", 8, "0"),
        new("f32", "float", "Single", "Float", 4, "0"),
    ];

    public static ScalarType? Find(string name) => All.FirstOrDefault(s => s.Name == name);
}
