using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Graft.House.Rules;

/// <summary>A name says what a thing is. These words say that its author did not know.</summary>
internal sealed partial class Names : IRule
{
    private static readonly string[] s_words = ["Util", "Utils", "Utility", "Utilities", "Helper", "Helpers", "Common",
        "Manager", "Base"];

    public string Statement =>
        $"No type, file or folder is named {string.Join(", ", s_words)}, alone or as the last word.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        files.Where(f => f.IsCSharp).SelectMany(CheckFile);

    public IEnumerable<SourceFile[]> Broken =>
    [
        [new("src/Engine/MathUtils.cs", "")],
        [new("src/Common/Add.cs", "")],
        [new("src/A.cs", "class OpBase { }")],
        [new("src/A.cs", "class A { struct Helpers { } }")],
        [new("src/A.cs", "interface IBufferManager;")],
        [new("src/A.cs", "enum Common { }")],
        [new("src/A.cs", "delegate void Helper();")],
    ];

    public IEnumerable<SourceFile[]> Kept =>
    [
        [new("src/A.cs", "class BaseModelDigest { }  class Database { }  class UtilityFunctionOfGame { }")],
    ];

    private static IEnumerable<Finding> CheckFile(SourceFile file)
    {
        foreach (string part in Path.ChangeExtension(file.Path, null).Split('/'))
        {
            if (IsEmpty(part)) yield return file.Whole($"'{part}' in the path says nothing; name the idea");
        }
        foreach (SyntaxNode node in file.Root.DescendantNodes())
        {
            SyntaxToken? name = node switch
            {
                BaseTypeDeclarationSyntax type => type.Identifier,
                DelegateDeclarationSyntax type => type.Identifier,
                _ => null,
            };
            if (name is { } token && IsEmpty(token.ValueText))
                yield return file.At(token, $"'{token.ValueText}' says nothing; name the idea");
        }
    }

    private static bool IsEmpty(string name) => s_words.Contains(LastWord().Match(name).Value);

    [GeneratedRegex("[A-Z][a-z]*$")]
    private static partial Regex LastWord();
}
