namespace Graft.House;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    private static readonly string[] s_skipped = [".git", "bin", "obj", "artifacts", "TestResults",
        "BenchmarkDotNet.Artifacts", ".vs", ".idea"];
    private static readonly Lazy<SourceFile[]> s_files = new(Read);

    public static string Root { get; } = FindRoot();

    /// <summary>Every text file, sorted by path.</summary>
    public static IReadOnlyList<SourceFile> Files => s_files.Value;

    public static string FullPath(string relative) => Path.Combine(Root, relative);

    /// <summary>Full paths of the files, text or not, below a folder that may be absent.</summary>
    public static IEnumerable<string> Below(string folder, string pattern)
    {
        string full = FullPath(folder);
        if (!Directory.Exists(full)) return [];
        return Walk(full).Where(f => Path.GetFileName(f).EndsWith(pattern, StringComparison.Ordinal));
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Engine.sln"))) return at.FullName;
        }
        throw new DirectoryNotFoundException($"no Engine.sln above {AppContext.BaseDirectory}: House.Tests reads the source tree it was built from");
    }

    private static SourceFile[] Read()
    {
        var files = new List<SourceFile>();
        foreach (string path in Walk(Root))
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.AsSpan(0, Math.Min(bytes.Length, 8192)).Contains((byte)0)) continue;
            files.Add(new(Path.GetRelativePath(Root, path).Replace('\\', '/'),
                System.Text.Encoding.UTF8.GetString(bytes)));
        }
        return [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Walk(string folder) => Directory.EnumerateFiles(folder)
        .Where(f => Path.GetFileName(f) != ".git")
        .Concat(Directory.EnumerateDirectories(folder).Where(d => !s_skipped.Contains(Path.GetFileName(d)))
            .SelectMany(Walk));
}
