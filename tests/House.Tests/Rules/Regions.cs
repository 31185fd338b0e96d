using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Graft.House.Rules;

/// <summary>Folding hides what should be a type of its own.</summary>
internal sealed class Regions : IRule
{
    public string Statement => "No regions: a part worth a heading is worth a type.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.IsCSharp && !file.IsGenerated
        from trivia in file.Root.DescendantTrivia()
        where trivia.GetStructure() is RegionDirectiveTriviaSyntax
        select file.At(trivia.SpanStart, "remove the region, or make it a type");

    public IEnumerable<SourceFile[]> Broken =>
        [[new("src/A.cs", "class A\n{\n    #region Fields\n    int a;\n    #endregion\n}")]];

    public IEnumerable<SourceFile[]> Kept => [[new("src/A.cs", "class A { string a = \"#region\"; /* #region */ }")]];
}
