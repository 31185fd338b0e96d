using Graft.Ops;
using Graft.Schema;
using Graft.Tests;

namespace Graft.Conformance.Tests;

/// <summary>
/// The types that the reference takes, one operator and one set of attributes a line, as its own run told: what it takes,
/// Graft takes.
/// </summary>
public sealed class SupportedTypes
{
    private const int Operator = 0, Types = 1, Version = 2, Attributes = 3, Reference = 4, Optimised = 5;

    private static readonly Dictionary<string, OpEntry> Entries = OpTable.Rows.ToDictionary(r => r.Signature.Id.Name);

    [SharedFact]
    public void Every_signature_accepts_what_the_reference_accepts()
    {
        string[][] rows = [.. File.ReadLines(SharedCorpus.Path("kernels", "support.tsv")).Skip(1).Select(line => line.Split('\t'))];
        Assert.InRange(rows.Length, 5000, int.MaxValue);
        var accepted = rows.Where(r => r[Reference] == "ok" || r[Optimised] == "ok")
            .Where(r => Entries.ContainsKey(r[Operator]) && !r[Types].Contains('?')).ToArray();
        Assert.InRange(accepted.Length, 2000, rows.Length);
        var refused = accepted.Select(r => (Row: r, Problem: Refusal(r))).Where(r => r.Problem is not null)
            .Select(r => $"{r.Row[Operator]} {r.Row[Types]} {r.Row[Attributes]}: {r.Problem}").ToArray();
        Assert.True(refused.Length == 0, string.Join(Environment.NewLine, refused));
    }

    private static string? Refusal(string[] row)
    {
        string[] sides = row[Types].Split("->");
        return Entries[row[Operator]].Signature.Refusal(int.Parse(row[Version]), Parse(sides[0]), Parse(sides[1]));
    }

    /// <summary>Types such as <c>f32,i8qc*,_</c>: quantised, per channel or blockwise; constant or variable; absent.</summary>
    private static DType?[] Parse(string side) =>
        [.. side.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => name == "_" ? (DType?)null : ParseOne(name))];

    private static DType ParseOne(string name)
    {
        string core = name.TrimEnd('*', 'v');
        string plain = core.EndsWith("qc", StringComparison.Ordinal) || core.EndsWith("qb", StringComparison.Ordinal) ? core[..^2]
            : core.TrimEnd('q');
        return DTypes.FromShortName(plain == "res" ? "resource" : plain);
    }
}
