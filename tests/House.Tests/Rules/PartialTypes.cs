using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Graft.House.Rules;

/// <summary>
/// A partial type has one hand-written part, the other being made by a generator; two would hide its length.
/// </summary>
internal sealed class PartialTypes : IRule
{
    public string Statement => "A type has one hand-written part; split long types by idea, not by file.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.IsCSharp && !file.IsGenerated
        from type in file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type.Modifiers.Any(m => m.IsKind(SyntaxKind.PartialKeyword))
        group file.At(type.Identifier, $"another part of '{type.Identifier}'") by FullName(type) into parts
        where parts.Count() > 1
        from part in parts
        select part;

    public IEnumerable<SourceFile[]> Broken =>
    [
        [new("src/A.cs", "namespace N; partial class A { }"), new("src/A.Rest.cs", "namespace N; partial class A { }")],
        [new("src/A.cs", "partial class A { }\npartial class A { }")],
    ];

    public IEnumerable<SourceFile[]> Kept =>
    [
        [new("src/A.cs", "namespace N; partial class A { }"), new("src/B.cs", "namespace M; partial class A { }")],
        [new("src/A.cs", "partial class A { }"), new("src/Generated/A.g.cs", "partial class A { }")],
        [new("src/A.cs", "partial class A { }"), new("src/B.cs", "partial class A<T> { }")],
    ];

    private static string FullName(TypeDeclarationSyntax type) =>
        string.Join('.', type.AncestorsAndSelf().Reverse().Select(n => n switch
    {
        BaseNamespaceDeclarationSyntax space => space.Name.ToString(),
        TypeDeclarationSyntax t => $"{t.Identifier}`{t.TypeParameterList?.Parameters.Count ?? 0}",
        _ => null,
    }).Where(n => n is not null));
}
