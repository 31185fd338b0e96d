using System.Text.RegularExpressions;

namespace Graft.House.Rules;

/// <summary>A document leads only to what exists.</summary>
internal sealed partial class DocumentLinks : IRule
{
    public string Statement => "Relative links in the documents lead to files of the repository.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files)
    {
        HashSet<string> known = [.. files.Select(f => f.Path)];
        return from file in files
               where file.IsMarkdown
               from match in Link().Matches(file.Text)
               let target = Resolve(file.Path, match.Groups[1].Value)
               where !known.Contains(target) && !known.Any(k => k.StartsWith(target + "/", StringComparison.Ordinal))
               select file.At(match.Index, $"'{match.Groups[1].Value}' leads nowhere");
    }

    public IEnumerable<SourceFile[]> Broken =>
    [
        [new("docs/a.md", "see [b](b.md)"), new("b.md", "")],
        [new("a.md", "see [b](docs/b.md#top)"), new("docs/c.md", "")],
    ];

    public IEnumerable<SourceFile[]> Kept =>
    [
        [new("docs/a.md", "see [b](../b.md#top), [c](https://github.com/x), [d](#here), [docs](../docs)"),
            new("b.md", "")],
    ];

    private static string Resolve(string from, string link) =>
        Path.GetRelativePath("/", Path.GetFullPath(link, "/" + Path.GetDirectoryName(from))).Replace('\\', '/');

    [GeneratedRegex(@"\]\(([^)#:\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
