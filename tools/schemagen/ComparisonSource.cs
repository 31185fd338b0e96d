namespace Graft.SchemaGen;

/// <summary>
/// Writes the tests' second reader: a walk with the accessors of Google.FlatBuffers, which compares every field with
/// the view.
/// </summary>
internal static class ComparisonSource
{
    public static string Comparison(SchemaDefinition schema)
    {
        SourceText text = new(
            "Graft.Schema.Tests",
            "Graft.Schema",
            "FlatTable = Google.FlatBuffers.Table");
        text.Line();
        text.Open("internal static class Comparison");
        foreach (TableDefinition table in schema.Tables)
            Table(text, table, schema);
        text.Close();
        return text.ToString();
    }

    private static void Table(SourceText text, TableDefinition table, SchemaDefinition schema)
    {
        text.Open($"public static void {table.Name}(Differences d, FlatTable? theirs, {table.View} ours)");
        text.Line("d.Scalar(\"present\", theirs is not null, ours.IsPresent);");
        foreach (FieldDefinition f in table.Live)
            Field(text, f, schema);
        text.Close();
        text.Line();
    }

    private static void Field(SourceText text, FieldDefinition f, SchemaDefinition schema)
    {
        string theirs = $"theirs, {f.Slot}";
        switch (f.Kind)
        {
            case FieldKind.Scalar:
                string cast = f.IsEnum ? $"({f.Scalar!.CSharp})" : "";
                string read = $"FlatReader.{f.Scalar!.Method}({theirs}, {cast}{f.Default})";
                text.Line($"d.Scalar(\"{f.Name}\", {read}, {cast}ours.{f.Property});");
                break;
            case FieldKind.String:
                string values = $"ours.Has{f.Property}, ours.{f.Property}Utf8, ours.{f.Property}";
                text.Line($"d.Text(\"{f.Name}\", {theirs}, {values});");
                break;
            case FieldKind.ScalarVector:
                text.Line($"d.Vector(\"{f.Name}\", {theirs}, ours.Has{f.Property}, ours.{f.Property});");
                break;
            case FieldKind.Table:
                text.Line($"d.Enter(\"{f.Name}\");");
                text.Line($"{f.TypeName}(d, FlatReader.Child({theirs}), ours.{f.Property});");
                text.Line("d.Leave();");
                break;
            case FieldKind.TableVector:
                string vector = $"ours.{f.Property}";
                string count = $"d.Count(\"{f.Name}\", {theirs}, {vector}.IsPresent, {vector}.Count)";
                text.Open($"for (int i = 0, n = {count}; i < n; i++)");
                text.Line($"d.Enter(\"{f.Name}\", i);");
                text.Line($"{f.TypeName}(d, FlatReader.Element({theirs}, i), {vector}[i]);");
                text.Line("d.Leave();");
                text.Close();
                break;
            default:
                Union(text, f, schema.Unions.Single(u => u.Name == f.TypeName));
                break;
        }
    }

    private static void Union(SourceText text, FieldDefinition f, UnionDefinition union)
    {
        string tag = $"FlatReader.Byte(theirs, {f.Slot - 1}, 0)";
        text.Line($"d.Scalar(\"{f.Name}_type\", {tag}, (byte)ours.{f.Property});");
        text.Line($"d.Enter(\"{f.Name}\");");
        text.Open($"switch ({tag})");
        for (int i = 0; i < union.Members.Count; i++)
        {
            string member = union.Members[i];
            text.Line($"case {i + 1}:");
            text.Line($"    {member}(d, FlatReader.Child(theirs, {f.Slot}), ours.{f.Accessor}<{member}View>());");
            text.Line("    break;");
        }

        text.Close();
        text.Line("d.Leave();");
    }
}
