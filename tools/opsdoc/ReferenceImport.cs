using System.Text.RegularExpressions;

namespace Graft.OpsDoc;

/// <summary>
/// Makes conformance/Rules/reference.tsv from the measurements of the corpus: support.tsv (operator, types, attributes, and what each kernel
/// set said) and versions.tsv (operator, version, known or unknown to each).
/// </summary>
internal static partial class ReferenceImport
{
    private const string Target = "conformance/Rules/reference.tsv";

    private static readonly string[] s_kernels = ["ref", "opt", "xnn"];

    public static void Run(string folder)
    {
        var accepted = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var refused = new Dictionary<string, SortedSet<string>>();
        foreach (var row in Table(Path.Combine(folder, "support.tsv")))
        {
            if (Types(row["types"]) is not { } types) continue;
            string name = row["op"];
            var ran = accepted.TryGetValue(name, out var known) ? known : accepted[name] = new(StringComparer.Ordinal);
            if (!refused.TryGetValue(name, out var others)) refused[name] = others = new(StringComparer.Ordinal);
            (s_kernels.Any(kernels => Ran(row[kernels])) ? ran : others).Add(types);
        }
        var versions = new Dictionary<string, (int Reference, int Any)>();
        foreach (var row in Table(Path.Combine(folder, "versions.tsv")))
        {
            var (reference, any) = versions.GetValueOrDefault(row["op"]);
            int version = int.Parse(row["version"]);
            if (row["ref"] == "known") reference = Math.Max(reference, version);
            if (s_kernels.Any(kernels => row[kernels] == "known")) any = Math.Max(any, version);
            versions[row["op"]] = (reference, any);
        }
        var lines = new List<string> { "operator\treference version\tversion\taccepted\trefused" };
        foreach (var (name, types) in accepted)
        {
            var (reference, any) = versions.GetValueOrDefault(name);
            lines.Add($"{name}\t{reference}\t{any}\t{string.Join(' ', types)}\t{string.Join(' ', refused[name].Except(types))}");
        }
        File.WriteAllText(Path.Combine(OperatorsPage.FindRoot(), Target), string.Join('\n', lines) + "\n");
        Console.WriteLine($"written: {Target}, {accepted.Count} operators");
    }

    private static bool Ran(string answer) => answer is "ok" or "nondeterministic" || answer.StartsWith("accepted", StringComparison.Ordinal);

    /// <summary>Types without the marks for quantised, constant and variable operands; null where a type is not told.</summary>
    private static string? Types(string text)
    {
        string[] sides = text.Split("->");
        var cleaned = sides.Select(side => side.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Type).ToArray()).ToArray();
        return cleaned.Any(side => side.Contains(null)) ? null : string.Join("->", cleaned.Select(side => string.Join(',', side)));
    }

    private static string? Type(string text) => Marked().Match(text) is not { Success: true } match ? null
        : match.Groups[1].Value == "res" ? "resource" : match.Groups[1].Value;

    [GeneratedRegex(@"^(_|res|str|bool|(?:bf|c|f|i|u)\d+(?:e\d)?)(?:q|qc|qb|v|qv)?\*?$")]
    private static partial Regex Marked();

    private static IEnumerable<Dictionary<string, string>> Table(string path)
    {
        string[] lines = File.ReadAllLines(path), names = lines[0].Split('\t');
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split('\t');
            yield return names.Select((name, i) => (name, i)).ToDictionary(n => n.name, n => n.i < cells.Length ? cells[n.i] : "");
        }
    }
}
