namespace Graft.Conformance.Cases;

/// <summary>
/// Known differences: a text file with one case a line, its name (or the end of it, from a slash on) and, after white
/// space, the reason. Empty lines and lines that begin with # are ignored.
/// </summary>
internal sealed class AllowList
{
    private readonly Dictionary<string, string> _reasons = new(StringComparer.Ordinal);

    public static AllowList Empty { get; } = new();

    /// <exception cref="ArgumentException">A line has no reason, or repeats a case.</exception>
    public static AllowList Parse(IEnumerable<string> lines)
    {
        var list = new AllowList();
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#') continue;
            string[] parts = text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 2)
                throw new ArgumentException($"line {number}: \"{text}\" gives no reason (a line is: case, white space, reason)");
            if (!list._reasons.TryAdd(Normal(parts[0]), parts[1]))
                throw new ArgumentException($"line {number}: {parts[0]} is listed twice");
        }
        return list;
    }

    /// <summary>Why a case is known to differ; null when it is not listed.</summary>
    public string? ReasonFor(CaseFile file)
    {
        string path = Normal(Path.GetFullPath(file.Path));
        while (true)
        {
            if (_reasons.TryGetValue(path, out string? reason)) return reason;
            int slash = path.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0) return null;
            path = path[(slash + 1)..];
        }
    }

    private static string Normal(string path) => CaseFile.Stem(path.Replace('\\', '/'));
}
