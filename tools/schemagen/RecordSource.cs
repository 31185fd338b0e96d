namespace Graft.SchemaGen;

/// <summary>Writes one mutable class per table, which reads itself from a view and writes to a builder.</summary>
internal static class RecordSource
{
    public static string Records(SchemaDefinition schema)
    {
        SourceText text = new("Graft.Schema", "System.Collections.Generic", "Google.FlatBuffers");
        foreach (UnionDefinition union in schema.Unions)
            Union(text, union);
        foreach (TableDefinition table in schema.Tables)
            Record(text, table, schema.Unions.FirstOrDefault(u => u.Members.Contains(table.Name)));
        return text.ToString();
    }

    private static void Union(SourceText text, UnionDefinition union)
    {
        text.Line();
        text.Line($"/// <summary>A record that can be the value of a <see cref=\"{union.Name}\"/>.</summary>");
        text.Line($"internal interface {Contract(union)} : IUnionRecord;");
        text.Line();
        text.Open($"internal static class {union.Name}Record");
        text.Line("/// <exception cref=\"ModelFormatException\">The schema does not know the tag.</exception>");
        text.Line($"public static {Contract(union)}? Read(Table table, int slot, string field) =>");
        text.Line($"    ({union.Name})table.Byte(slot - 1, 0) switch");
        text.Line("    {");
        text.Line($"        {union.Name}.None => null,");
        foreach (string member in union.Members)
            text.Line($"        {union.Name}.{member} => {member}Record.Read({member}View.Wrap(table.Child(slot))),");
        text.Line("        var tag => throw new ModelFormatException(");
        text.Line("            field,");
        text.Line("            table.Position,");
        text.Line($"            $\"unknown tag {{SchemaNames.Of(tag)}} of {union.Name}\"),");
        text.Line("    };");
        text.Close();
    }

    private static void Record(SourceText text, TableDefinition table, UnionDefinition? union)
    {
        string contract = $"IRecord<{table.Record}, {table.View}>" + (union is null ? "" : ", " + Contract(union));
        text.Line();
        text.Open($"internal sealed partial class {table.Record} : {contract}");
        if (union is not null)
        {
            text.Line($"public byte Tag => {table.View}.Tag;");
            text.Line();
        }

        foreach (FieldDefinition field in table.Live)
        {
            text.Line(Property(field));
            text.Line();
        }

        if (table.Live.Any())
        {
            text.Line($"public static {table.Record} Read({table.View} view) => new()");
            text.Open("");
            foreach (FieldDefinition field in table.Live)
                text.Line($"{field.Property} = {Value(table, field)},");
            text.Close(";");
        }
        else
        {
            text.Line($"public static {table.Record} Read({table.View} view) => new();");
        }

        text.Line();
        Write(text, table);
        text.Close();
    }

    private static string Property(FieldDefinition f)
    {
        string type = f.Kind switch
        {
            FieldKind.Scalar => f.TypeName,
            FieldKind.String => "string?",
            FieldKind.ScalarVector => f.TypeName + "[]?",
            FieldKind.Table => f.TypeName + "Record?",
            FieldKind.TableVector => $"List<{f.TypeName}Record>?",
            _ => $"I{f.TypeName}Record?",
        };
        bool plain = f.Kind != FieldKind.Scalar || f.Default is "0" or "false" || f.Default == f.Scalar!.Zero;
        return $"public {type} {f.Property} {{ get; set; }}" + (plain ? "" : $" = {f.Default};");
    }

    private static string Value(TableDefinition table, FieldDefinition f)
    {
        string path = $"\"{table.Name}.{f.Name}\"";
        string record = f.TypeName + "Record";
        return f.Kind switch
        {
            FieldKind.Scalar => $"view.{f.Property}",
            FieldKind.String => $"view.Table.StrictText({f.Slot}, {path})",
            FieldKind.ScalarVector => $"view.Has{f.Property} ? view.{f.Property}.ToArray() : null",
            FieldKind.Table => $"view.{f.Property}.IsPresent ? {record}.Read(view.{f.Property}) : null",
            FieldKind.TableVector => $"RecordList.Read<{record}, {f.TypeName}View>(view.{f.Property})",
            _ => $"{record}.Read(view.Table, {f.Slot}, {path})",
        };
    }

    private static void Write(SourceText text, TableDefinition table)
    {
        text.Open("public int Write(FlatBufferBuilder builder)");
        foreach (FieldDefinition f in table.Live.Where(f => f.Kind != FieldKind.Scalar))
            text.Line($"int at{f.Property} = {Part(f)};");
        int slots = table.Fields.Count == 0 ? 0 : table.Fields[^1].Slot + 1;
        text.Line($"builder.StartTable({slots});");
        foreach (FieldDefinition f in table.Live.OrderByDescending(f => f.Scalar?.Size ?? 4))
        {
            if (f.Kind == FieldKind.Scalar)
                text.Line(Scalar(f));
            else
                text.Line($"builder.AddOffset({f.Slot}, at{f.Property}, 0);");
            if (f.Kind == FieldKind.Union)
                text.Line($"builder.AddByte({f.Slot - 1}, {f.Property}?.Tag ?? 0, 0);");
        }

        text.Line("return builder.EndTable();");
        text.Close();
    }

    private static string Part(FieldDefinition f) => f.Kind switch
    {
        FieldKind.String => $"{f.Property} is null ? 0 : builder.CreateString({f.Property}).Value",
        FieldKind.ScalarVector => $"ScalarVector.Write(builder, {f.Property}, {Math.Max(f.Align, f.Scalar!.Size)})",
        FieldKind.TableVector => $"RecordList.Write<{f.TypeName}Record, {f.TypeName}View>(builder, {f.Property})",
        _ => $"{f.Property}?.Write(builder) ?? 0",
    };

    private static string Scalar(FieldDefinition f)
    {
        ScalarType type = f.Scalar!;
        if (type.Name == "f32")
            return $"builder.AddFloat({f.Slot}, ScalarVector.Unless({f.Property}, {f.Default}));";
        string cast = f.IsEnum ? $"({type.CSharp})" : "";
        return $"builder.Add{type.Builder}({f.Slot}, {cast}{f.Property}, {cast}{f.Default});";
    }

    private static string Contract(UnionDefinition union) => $"I{union.Name}Record";
}
