namespace Graft.SchemaGen;

/// <summary>Proves that no table contains itself, so that the description bounds the depth of every walk.</summary>
internal static class Nesting
{
    /// <exception cref="FormatException">A table contains itself; the message shows the way.</exception>
    public static void Check(SchemaDefinition schema)
    {
        HashSet<string> done = [];
        foreach (TableDefinition table in schema.Tables)
            Visit(schema, table.Name, [], done);
    }

    private static void Visit(SchemaDefinition schema, string name, List<string> path, HashSet<string> done)
    {
        if (path.Contains(name))
            throw new FormatException($"table {name} contains itself: {string.Join(" > ", path)} > {name}");
        if (!done.Add(name))
            return;
        path.Add(name);
        foreach (FieldDefinition field in schema.Tables.Single(t => t.Name == name).Live)
        {
            IEnumerable<string> inner = field.Kind switch
            {
                FieldKind.Table or FieldKind.TableVector => [field.TypeName],
                FieldKind.Union => schema.Unions.Single(u => u.Name == field.TypeName).Members,
                _ => [],
            };
            foreach (string next in inner)
                Visit(schema, next, path, done);
        }

        path.RemoveAt(path.Count - 1);
    }
}
