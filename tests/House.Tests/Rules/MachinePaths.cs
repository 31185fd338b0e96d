using System.Text.RegularExpressions;

namespace Graft.House.Rules;

/// <summary>
/// The repository means the same on every machine: it names no folder of one of them and no host that others cannot
/// reach.
/// </summary>
internal sealed partial class MachinePaths : IRule
{
    public string Statement =>
        "No file names a folder of one machine or a private host; use paths relative to the repository.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        from match in Folder().Matches(file.Text).Concat(Host().Matches(file.Text))
        select file.At(match.Index, $"'{match.Value}' exists on one machine only");

    public IEnumerable<SourceFile[]> Broken =>
    [
        .. new[] { "work", "tmp", "root", "home", "Users" }.Select(f => Sample($"see /{f}/notes")),
        Sample($"\"C:{'\\'}Users{'\\'}someone\""),
        Sample($"https://nuget.{"corp"}/v3"),
        Sample($"http://build.{"internal"}:8080"),
        Sample($"http://192.168{".0.1"}/"),
    ];

    public IEnumerable<SourceFile[]> Kept =>
    [
        Sample("../shared/corpus and docs/work/notes and a/tmp/b, https://github.com/home/x"),
        Sample("https://api.nuget.org/v3/index.json, version 10.0.0.1"),
    ];

    private static SourceFile[] Sample(string text) => [new("docs/a.md", text)];

    [GeneratedRegex(@"(?<![\w.\-/*>])/(work|tmp|root|home|Users|mnt)/|\b[A-Z]:\\Users\\")]
    private static partial Regex Folder();

    [GeneratedRegex(@"https?://([\w.\-]+\.(corp|internal|local|lan|example)\b|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)")]
    private static partial Regex Host();
}
