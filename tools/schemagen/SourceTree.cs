namespace Graft.SchemaGen;

/// <summary>Where the description lies and which files are made from it.</summary>
public static class SourceTree
{
    private const string Description = "src/Schema/tflite.schema";

    /// <summary>The nearest directory above the program or the working directory that holds the description.</summary>
    public static string FindRoot()
    {
        foreach (string start in new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory })
        {
            for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
            {
                if (File.Exists(Path.Combine(at.FullName, Description)))
                    return at.FullName;
            }
        }

        throw new FileNotFoundException($"No {Description} in a directory above this one.");
    }

    /// <summary>Every generated file: its path from the root, and what it should hold.</summary>
    public static IEnumerable<(string Path, string Content)> Generate(string root)
    {
        SchemaDefinition schema = SchemaReader.Read(File.ReadAllText(Path.Combine(root, Description)));
        yield return ("src/Schema/Generated/Enums.g.cs", EnumSource.Enums(schema));
        yield return ("src/Schema/Generated/SchemaNames.g.cs", EnumSource.Names(schema));
        yield return ("src/Schema/Generated/Views.g.cs", ViewSource.Views(schema));
        yield return ("src/Schema/Generated/SchemaLayout.g.cs", LayoutSource.Layout(schema));
        yield return ("src/Schema/Generated/Records.g.cs", RecordSource.Records(schema));
        yield return ("tests/Schema.Tests/Generated/Comparison.g.cs", ComparisonSource.Comparison(schema));
    }
}
