namespace Graft.Conformance.Cases;

/// <summary>
/// Known differences: cases, each by its name or the end of it from a slash on, and the reason. Either a text file with one case a
/// line, white space and the reason, where empty lines and lines that begin with # are ignored; or, where lines begin with |, the rows of
/// a Markdown table: cases separated by commas, and the reason that they share.
/// </summary>
internal sealed class AllowList
{
    private readonly Dictionary<string, string> _reasons = new(StringComparer.Ordinal);

    public static AllowList Empty { get; } = new();

    /// <exception cref="ArgumentException">A line has no reason, or repeats a case.</exception>
    public static AllowList Parse(IReadOnlyList<string> lines)
    {
        var list = new AllowList();
        bool isTable = lines.Any(line => line.StartsWith('|'));
        for (int i = 0; i < lines.Count; i++)
        {
            string text = lines[i].Trim();
            if (isTable ? !IsTableRow(lines, i) : text.Length == 0 || text[0] == '#') continue;
            string[] parts = isTable ? text.Trim('|').Split('|', 2)
                : text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 2 || parts[1].Trim().Length == 0)
                throw new ArgumentException($"line {i + 1}: \"{text}\" gives no reason (a line is: case, white space, reason; or | cases | reason |)");
            foreach (string name in isTable ? parts[0].Split(',') : [parts[0]])
            {
                string path = Normal(name.Trim().Trim('`'));
                if (!list._reasons.TryAdd(path, parts[1].Trim())) throw new ArgumentException($"line {i + 1}: {path} is listed twice");
            }
        }
        return list;
    }

    /// <summary>Whether a line is a row of a table, and neither its header nor the dashes below that.</summary>
    private static bool IsTableRow(IReadOnlyList<string> lines, int at) =>
        lines[at].StartsWith('|') && !IsDashes(lines[at]) && !(at + 1 < lines.Count && IsDashes(lines[at + 1]));

    private static bool IsDashes(string line) => line.StartsWith("|--", StringComparison.Ordinal);

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
