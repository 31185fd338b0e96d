namespace Graft.SchemaGen;

/// <summary>Turns the schema's names into C# identifiers.</summary>
internal static class Naming
{
    /// <summary><c>CONV_2D</c> and <c>fused_activation_function</c> to title case; a word that starts with a digit is kept.</summary>
    public static string Pascal(string name) => string.Concat(name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(Word));

    private static string Word(string word) =>
        char.IsDigit(word[0]) ? word.ToUpperInvariant() : char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant();
}
