namespace Graft.SchemaGen;

/// <summary>Writes the tables that drive the verifier.</summary>
internal static class LayoutSource
{
    public static string Layout(SchemaDefinition schema)
    {
        List<string> tables = [.. schema.Tables.Select(t => t.Name)];
        List<string> unions = [.. schema.Unions.Select(u => u.Name)];
        SourceText text = new("Graft.Schema");
        text.Line();
        text.Line("/// <summary>What each table holds, by slot; tables and unions are referred to by index.</summary>");
        text.Open("internal static class SchemaLayout");
        text.Line($"public const string Identifier = \"{schema.Identifier}\";");
        text.Line();
        text.Line($"public const uint Version = {schema.Version};");
        text.Line();
        text.Line($"public const int Root = {tables.IndexOf(schema.Root)};");
        text.Line();
        text.Line("/// <summary>The member tables of each union; tag 1 is the first.</summary>");
        Rows(text, "int[][] Unions", schema.Unions.Select(u => Union(u, tables)));
        text.Line();
        Rows(text, "TableLayout[] Tables", schema.Tables.SelectMany(t => Table(t, tables, unions)));
        text.Close();
        return text.ToString();
    }

    private static void Rows(SourceText text, string declaration, IEnumerable<string> rows)
    {
        text.Line($"public static readonly {declaration} =");
        text.Line("[");
        foreach (string row in rows)
            text.Line("    " + row);
        text.Line("];");
    }

    private static string Union(UnionDefinition union, List<string> tables) =>
        $"[{string.Join(", ", union.Members.Select(m => tables.IndexOf(m)))}],";

    private static IEnumerable<string> Table(TableDefinition table, List<string> tables, List<string> unions)
    {
        if (table.Fields.Count == 0)
        {
            yield return $"new(\"{table.Name}\", []),";
            yield break;
        }

        yield return $"new(\"{table.Name}\",";
        yield return "[";
        foreach (FieldDefinition f in table.Fields)
        {
            if (f.Kind == FieldKind.Union)
                yield return $"    new(\"{f.Name}_type\", FieldForm.Scalar, 1),";
            (string form, int argument) = Form(f, tables, unions);
            yield return $"    new(\"{f.Name}\", FieldForm.{form}, {argument}),";
        }

        yield return "]),";
    }

    private static (string Form, int Argument) Form(FieldDefinition f, List<string> tables, List<string> unions) =>
        f.Kind switch
        {
            FieldKind.Removed => ("Removed", 0),
            FieldKind.Scalar => ("Scalar", f.Scalar!.Size),
            FieldKind.String => ("Vector", 1),
            FieldKind.ScalarVector => (f.Scalar!.Name == "bool" ? "BooleanVector" : "Vector", f.Scalar.Size),
            FieldKind.Table => ("Table", tables.IndexOf(f.TypeName)),
            FieldKind.TableVector => ("TableVector", tables.IndexOf(f.TypeName)),
            _ => ("Union", unions.IndexOf(f.TypeName)),
        };
}
