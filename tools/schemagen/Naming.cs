namespace Graft.SchemaGen;

/// <summary>Turns the schema's names into C# identifiers.</summary>
internal static class Naming
{
    /// <summary>Words such as <c>CONV_2D</c> to title case; a word that starts with a digit is in upper case.</summary>
    public static string Pascal(string name) =>
        string.Concat(name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(Word));

    private static string Word(string word) =>
        char.IsDigit(word[0]) ? word.ToUpperInvariant() : char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant();
}
