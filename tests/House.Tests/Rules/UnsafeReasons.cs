using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Graft.House.Rules;

/// <summary>
/// Whatever the runtime does not check, a comment explains: in or above the member, or once for the type where it says
/// "bounds".
/// </summary>
internal sealed partial class UnsafeReasons : IRule
{
    private static readonly string[] s_harmless = ["SizeOf", "BitCast", "AreSame", "IsNullRef", "NullRef", "SkipInit"];

    public string Statement => "Every unsafe block and use of Unsafe has a comment that says why it stays in bounds.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.IsCSharp && !file.IsGenerated
        from use in Uses(file.Root)
        let member = use.Parent!.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().First()
        where !Comments(member).Any(c => Reason().IsMatch(c)) && !IsExplainedForType(member)
        group (file, use) by member into uses
        let first = uses.First()
        select first.file.At(first.use, $"'{first.use}' without a reason: say in one line why it is in bounds");

    public IEnumerable<SourceFile[]> Broken =>
    [
        [new("src/A.cs", "class A { unsafe void M() { } }")],
        [new("src/A.cs", "class A { void M() { unsafe { } } }")],
        [new("src/A.cs", "class A { int M(ref int a) => Unsafe.Add(ref a, 1); }")],
        [new("src/A.cs", "unsafe class A { }")],
        [new("src/A.cs", "class A {\n// The caller checked the length.\nvoid N() { }\nint M(ref int a) => Unsafe.Add(ref a, 1); }")],
        [new("src/A.cs", "class A {\n// This is fast.\nint M(ref int a) => Unsafe.Add(ref a, 1); }")],
    ];

    public IEnumerable<SourceFile[]> Kept =>
    [
        [new("src/A.cs", "class A {\n// The caller checked the length.\nint M(ref int a) => Unsafe.Add(ref a, 1); }")],
        [new("src/A.cs", "class A { void M() {\n// i is inside the span.\nunsafe { } } }")],
        [new("src/A.cs", "/// <summary>Bounds are the caller's.</summary>\nclass A { int M(ref int a) => Unsafe.Add(ref a, 1); }")],
        [new("src/A.cs", "class A { int M() => Unsafe.SizeOf<int>(); }")],
    ];

    private static IEnumerable<SyntaxToken> Uses(SyntaxNode root)
    {
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.UnsafeKeyword)) yield return token;
            else if (token.ValueText == "Unsafe" && token.Parent?.Parent is MemberAccessExpressionSyntax access
                && access.Expression == token.Parent && !s_harmless.Contains(access.Name.Identifier.ValueText))
                yield return token;
        }
    }

    private static bool IsExplainedForType(MemberDeclarationSyntax member) => member.AncestorsAndSelf()
        .OfType<TypeDeclarationSyntax>().SelectMany(Comments)
            .Any(c => c.Contains("bounds", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Comments(SyntaxNode node) => node.DescendantTrivia(descendIntoTrivia: false)
        .Where(t => t.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia)
        .Select(t => t.ToFullString());

    [GeneratedRegex(@"bound|range|within|inside|fits|length|past|at least|contract|promise|check|cover|pinned|alive|valid|owned|alloc|size|caller|lanes",
        RegexOptions.IgnoreCase)]
    private static partial Regex Reason();
}
