using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Graft.House.Rules;

/// <summary>A function fits on one screen. Counts from the first line of the signature to the closing brace.</summary>
internal sealed class FunctionLength : IRule
{
    private const int LinesMax = 60;

    public string Statement =>
        $"A function has at most {LinesMax} lines; generated files and register tiles are exempt.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.IsCSharp && !file.IsGenerated && !file.IsTile
        from function in Functions(file.Root)
        let count = file.LineOf(function.End) - file.LineOf(function.Start) + 1
        where count > LinesMax
        select file.At(function.Start, $"{count} lines; name the parts and make them functions");

    public IEnumerable<SourceFile[]> Broken =>
    [
        [Sample("class A { void M()\n{", LinesMax, "} }")],
        [Sample("class A { int P { get\n{", LinesMax, "return 1; } } }")],
        [Sample("class A { Action F = () =>\n{", LinesMax, "}; }")],
        [Sample("", LinesMax + 1, "")],
    ];

    public IEnumerable<SourceFile[]> Kept =>
    [
        [Sample("class A { void M()\n{", LinesMax - 3, "} }")],
        [Sample("class A { void M() {", LinesMax / 2, "} void N() {" + new string('\n', LinesMax / 2) + "} }")],
        [Sample("// house: tile\nclass A { void M()\n{", LinesMax, "} }")],
        [Sample("class A { void M() {", LinesMax, "} }") with { Path = "src/Schema/Generated/A.g.cs" }],
    ];

    private static SourceFile Sample(string open, int lines, string close) =>
        new("src/A.cs", open + "\n" + string.Concat(Enumerable.Repeat("x++;\n", lines)) + close);

    private static IEnumerable<(int Start, int End)> Functions(SyntaxNode root)
    {
        foreach (SyntaxNode node in root.DescendantNodes())
        {
            if (node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)
                yield return (node.SpanStart, node.Span.End);
        }
        GlobalStatementSyntax[] program = [.. root.ChildNodes().OfType<GlobalStatementSyntax>()];
        if (program.Length > 0) yield return (program[0].SpanStart, program[^1].Span.End);
    }
}
