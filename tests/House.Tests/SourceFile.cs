using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Graft.House;

/// <summary>A text file of the repository, or a sample of one that a rule is tried on.</summary>
/// <param name="Path">Relative to the root, with forward slashes.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private static readonly CSharpParseOptions s_options = new(LanguageVersion.Preview);

    private SyntaxNode? _root;

    public string FileName => System.IO.Path.GetFileName(Path);

    public string Extension => System.IO.Path.GetExtension(Path);

    public bool IsCSharp => Extension == ".cs";

    public bool IsProject => Extension == ".csproj";

    public bool IsMarkdown => Extension == ".md";

    /// <summary>Written by a program, which the limits of length do not bind.</summary>
    public bool IsGenerated => Path.Contains("/Generated/", StringComparison.Ordinal);

    /// <summary>A register tile, which has as many named locals as the CPU has registers.</summary>
    public bool IsTile => Lines.Contains("// house: tile");

    public string[] Lines => Text.Split('\n', StringSplitOptions.TrimEntries);

    public SyntaxNode Root => _root ??= CSharpSyntaxTree.ParseText(Text, s_options, Path).GetRoot();

    /// <summary>The line of a position in the text, counted from 1.</summary>
    public int LineOf(int position) => Text.AsSpan(0, position).Count('\n') + 1;

    public Finding At(SyntaxNodeOrToken node, string message) => new(Path, LineOf(node.SpanStart), message);

    public Finding At(int position, string message) => new(Path, LineOf(position), message);

    public Finding Whole(string message) => new(Path, 1, message);

    public override string ToString() => Path;
}

/// <summary>A place where a rule is broken, and what would mend it.</summary>
internal sealed record Finding(string Path, int Line, string Message)
{
    public override string ToString() => $"{Path}:{Line}: {Message}";
}
