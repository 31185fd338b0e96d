namespace Graft.SchemaGen;

/// <summary>Writes the enums, the unions' tags, and the schema's names for both.</summary>
internal static class EnumSource
{
    public static string Enums(SchemaDefinition schema)
    {
        SourceText text = new("Graft.Schema");
        foreach (EnumDefinition e in schema.Enums)
            Enum(text, e.Name, e.Type.CSharp, e.Members.Select(m => m.Identifier));
        foreach (UnionDefinition u in schema.Unions)
            Enum(text, u.Name, "byte", u.Members.Prepend("None"));
        return text.ToString();
    }

    public static string Names(SchemaDefinition schema)
    {
        SourceText text = new("Graft.Schema");
        text.Line();
        text.Line("/// <summary>");
        text.Line("/// The schema's own names. A value without one gives the enum and the number: <c>Padding(9)</c>.");
        text.Line("/// </summary>");
        text.Open("internal static class SchemaNames");
        foreach (EnumDefinition e in schema.Enums)
            Names(text, e.Name, e.Members.Select(m => m.SchemaName));
        foreach (UnionDefinition u in schema.Unions)
            Names(text, u.Name, u.Members.Prepend("NONE"));
        text.Line("private static string Of(string[] names, string type, int value) =>");
        text.Line("    (uint)value < (uint)names.Length ? names[value] : $\"{type}({value})\";");
        text.Close();
        return text.ToString();
    }

    private static void Enum(SourceText text, string name, string type, IEnumerable<string> members)
    {
        text.Line();
        text.Open($"internal enum {name} : {type}");
        int value = 0;
        foreach (string member in members)
            text.Line($"{member} = {value++},");
        text.Close();
    }

    private static void Names(SourceText text, string type, IEnumerable<string> names)
    {
        text.Line($"private static readonly string[] s_{type} =");
        text.Line("[");
        foreach (string name in names)
            text.Line($"    \"{name}\",");
        text.Line("];");
        text.Line();
        text.Line($"public static string Of({type} value) => Of(s_{type}, nameof({type}), (int)value);");
        text.Line();
    }
}
