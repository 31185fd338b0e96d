using System.Text.RegularExpressions;

namespace Graft.House.Rules;

/// <summary>
/// What is not done is refused loudly by the engine and listed in the documents, not left as a note in the code.
/// </summary>
internal sealed partial class Unfinished : IRule
{
    private static readonly string[] s_extensions = [".cs", ".csproj", ".props", ".md", ".sh"];

    public string Statement => "No notes to do something later, and no stubs.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where s_extensions.Contains(file.Extension) && file.FileName != $"{nameof(Unfinished)}.cs"
        from match in Marks().Matches(file.Text)
        select file.At(match.Index, $"'{match.Value}': finish it, or refuse it with UnsupportedModelException");

    public IEnumerable<SourceFile[]> Broken =>
    [
        [new("src/A.cs", "// TODO: the rest")],
        [new("docs/a.md", "FIXME")],
        [new("src/A.cs", "throw new NotImplementedException();")],
    ];

    public IEnumerable<SourceFile[]> Kept => [[new("src/A.cs", "string todoList; // a stub axle; hackney")]];

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex Marks();
}
