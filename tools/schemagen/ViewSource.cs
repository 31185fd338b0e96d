namespace Graft.SchemaGen;

/// <summary>Writes one read-only view per table.</summary>
internal static class ViewSource
{
    public static string Views(SchemaDefinition schema)
    {
        SourceText text = new("Graft.Schema");
        foreach (TableDefinition table in schema.Tables)
            View(text, table, schema.Unions.FirstOrDefault(u => u.Members.Contains(table.Name)));
        return text.ToString();
    }

    private static void View(SourceText text, TableDefinition table, UnionDefinition? union)
    {
        string contract = union is null ? "ITableView" : "IUnionMember";
        text.Line();
        text.Open($"internal readonly ref partial struct {table.View} : {contract}<{table.View}>");
        text.Line("private readonly Table _table;");
        text.Line();
        text.Line($"private {table.View}(Table table) => _table = table;");
        text.Line();
        text.Line($"public static {table.View} Wrap(Table table) => new(table);");
        if (union is not null)
        {
            text.Line();
            text.Line($"public static string Union => nameof({union.Name});");
            text.Line();
            text.Line($"public static byte Tag => (byte){union.Name}.{table.Name};");
            text.Line();
            text.Line($"public static string SchemaName => \"{table.Name}\";");
        }

        text.Line();
        text.Line("public Table Table => _table;");
        text.Line();
        text.Line("public bool IsPresent => _table.IsPresent;");
        foreach (FieldDefinition field in table.Live)
            Field(text, table, field);
        text.Close();
    }

    private static void Field(SourceText text, TableDefinition table, FieldDefinition f)
    {
        string view = f.TypeName + "View";
        text.Line();
        switch (f.Kind)
        {
            case FieldKind.Scalar:
                text.Line($"public {f.TypeName} {f.Property} => {Scalar(f)};");
                break;
            case FieldKind.String:
                text.Line($"public string {f.Property} => _table.Text({f.Slot});");
                text.Line();
                text.Line($"public System.ReadOnlySpan<byte> {f.Property}Utf8 => _table.Vector<byte>({f.Slot});");
                Has(text, f);
                break;
            case FieldKind.ScalarVector:
                string span = $"System.ReadOnlySpan<{f.TypeName}>";
                text.Line($"public {span} {f.Property} => _table.Vector<{f.TypeName}>({f.Slot});");
                Has(text, f);
                break;
            case FieldKind.Table:
                text.Line($"public {view} {f.Property} => {view}.Wrap(_table.Child({f.Slot}));");
                break;
            case FieldKind.TableVector:
                text.Line($"public TableVector<{view}> {f.Property} => _table.Tables<{view}>({f.Slot});");
                break;
            case FieldKind.Union:
                Union(text, table, f);
                break;
            default:
                throw new InvalidOperationException($"{table.Name}.{f.Name}: no view of {f.Kind}");
        }
    }

    private static string Scalar(FieldDefinition f)
    {
        ScalarType type = f.Scalar!;
        return f.IsEnum
            ? $"({f.TypeName})_table.{type.Method}({f.Slot}, ({type.CSharp}){f.Default})"
            : $"_table.{type.Method}({f.Slot}, {f.Default})";
    }

    private static void Has(SourceText text, FieldDefinition f)
    {
        text.Line();
        text.Line($"public bool Has{f.Property} => _table.Has({f.Slot});");
    }

    private static void Union(SourceText text, TableDefinition table, FieldDefinition f)
    {
        text.Line($"public {f.TypeName} {f.Property} => ({f.TypeName})_table.Byte({f.Slot - 1}, 0);");
        text.Line();
        text.Line($"/// <summary>The value of <c>{f.Name}</c>; a view of defaults where the tag is NONE.</summary>");
        text.Line("/// <exception cref=\"ModelFormatException\">The tag is another one.</exception>");
        text.Line($"public TView {f.Accessor}<TView>() where TView : IUnionMember<TView>, allows ref struct =>");
        string names = $"\"{table.Name}.{f.Name}\", nameof({f.TypeName}), SchemaNames.Of({f.Property})";
        text.Line($"    _table.Member<TView>({f.Slot}, {names});");
    }
}
