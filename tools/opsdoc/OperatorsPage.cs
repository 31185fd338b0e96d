using System.Globalization;
using System.Text;
using Graft.Conformance.Rules;
using Graft.Ops;
using Graft.Schema;

namespace Graft.OpsDoc;

/// <summary>docs/operators.md: what the operator table, the classes of conformance and the reference's measured support say, as one page.</summary>
public static class OperatorsPage
{
    public const string Path = "docs/operators.md";

    /// <summary>The command that makes it current.</summary>
    public const string Command = "dotnet run -c Release --project tools/opsdoc";

    private const string Head = $"""
        # Operators

        Made by `{Command}` from `src/Engine/Ops`, `conformance/Rules` and the compiled code: change those, not this page.

        | Column | What it says |
        |---|---|
        | Versions | versions of the operator that are understood |
        | Types | element types, one line for each combination: alternatives are separated by `/`, `=n` is the type of operand n, `?` marks an optional operand, `*` one that repeats |
        | Extension | `extension` where Graft accepts more than the reference runtime: versions that it does not know, types that it was seen to refuse |
        | Vectors | whether its kernels have a loop over vector registers for some of the types; the others go element by element or copy memory |
        | Delegate | which delegates take it; there are none yet, so that every operator runs on the CPU |
        | Tolerance | how results are compared with the reference's ([conformance.md](conformance.md)): `exact` bits, a relative error for each `element`, or one relative to the `row` of sums; integers are equal bit for bit in all. `n ulp`: the bound of float32 results against the exact ones, where the kernel is a real function |


        """;

    public static string Generate()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        var entries = OpTable.Rows.OrderBy(row => row.Signature.Id.Name, StringComparer.Ordinal).ToArray();
        Table(page, "Builtin operators", entries.Where(e => e.Signature.Id.CustomName is null));
        Table(page, "Custom operators", entries.Where(e => e.Signature.Id.CustomName is not null));
        page.Append("## Not supported\n\nA model with one of these is refused when it loads, with the node's name and the reason.\n\n| Operator | Reason |\n|---|---|\n");
        foreach (var (code, reason) in NotSupported.Reasons.OrderBy(r => SchemaNames.Of(r.Key), StringComparer.Ordinal))
            page.Append(CultureInfo.InvariantCulture, $"| {SchemaNames.Of(code)} | {reason} |\n");
        return page.ToString();
    }

    /// <summary>The nearest directory above the program that holds the solution.</summary>
    public static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Engine.sln"))) return at.FullName;
        }
        throw new FileNotFoundException("no Engine.sln in a directory above this one");
    }

    private static void Table(StringBuilder page, string title, IEnumerable<OpEntry> entries)
    {
        page.Append(CultureInfo.InvariantCulture, $"## {title}\n\n| Operator | Versions | Types | Extension | Vectors | Delegate | Tolerance |\n|---|---|---|---|---|---|---|\n");
        foreach (var (signature, _, op) in entries)
        {
            string versions = signature.MaxVersion == int.MaxValue ? "any" : signature.MaxVersion == 1 ? "1" : $"1-{signature.MaxVersion}";
            string[] cells =
            [
                signature.Id.Name, versions, string.Join("<br>", signature.RowTexts.Select(Row)), Extensions.Of(signature),
                VectorUse.Reaches(op) ? "yes" : "no", "-", Tolerance(signature.Id.Name, op),
            ];
            page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        }
        page.Append('\n');
    }

    private static string Row(string text) => $"`{text.Replace('|', '/')}`";

    private static string Tolerance(string name, Type op)
    {
        string rule = OperatorClasses.Of(name) switch
        {
            OperatorClass.Exact => "exact",
            OperatorClass.Elementwise => "element",
            _ => "row",
        };
        return FunctionBound.Of(op) is { } ulp ? string.Create(CultureInfo.InvariantCulture, $"{rule}, {ulp} ulp") : rule;
    }
}
