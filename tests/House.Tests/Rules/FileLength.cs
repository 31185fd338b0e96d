namespace Graft.House.Rules;

/// <summary>A file that outgrows the limit holds more than one idea.</summary>
internal sealed class FileLength : IRule
{
    private const int LinesMax = 400;

    public string Statement =>
        $"A source file has at most {LinesMax} lines (aim at 250); generated files and register tiles are exempt.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.IsCSharp && !file.IsGenerated && !file.IsTile
        let count = file.Text.AsSpan().TrimEnd('\n').Count('\n') + 1
        where count > LinesMax
        select file.Whole($"{count} lines; split it by idea, one type a file");

    public IEnumerable<SourceFile[]> Broken => [[Sample("src/Long.cs", LinesMax + 1)]];

    public IEnumerable<SourceFile[]> Kept =>
    [
        [Sample("src/Full.cs", LinesMax)],
        [Sample("src/Schema/Generated/Long.g.cs", LinesMax + 1)],
        [Sample("src/Tile.cs", LinesMax + 1) with { Text = "// house: tile\n" + Sample("", LinesMax).Text }],
    ];

    private static SourceFile Sample(string path, int lines) =>
        new(path, string.Concat(Enumerable.Repeat("// x\n", lines)));
}
