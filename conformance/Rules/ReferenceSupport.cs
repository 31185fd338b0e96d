using System.Collections.Frozen;
using System.Globalization;

namespace Graft.Conformance.Rules;

/// <summary>
/// What the reference runtime accepts of an operator, as measured: versions, and combinations of element types. Combinations are
/// written as in <c>f32,i32->f32</c>, <c>_</c> being an absent operand.
/// </summary>
/// <param name="ReferenceVersion">The newest version that its reference kernels know.</param>
/// <param name="Version">The newest that any of its kernels knows.</param>
/// <param name="Accepted">Combinations of types that ran.</param>
/// <param name="Refused">Combinations that did not, whatever the attributes; others were not tried.</param>
internal sealed record ReferenceSupport(int ReferenceVersion, int Version, IReadOnlyList<string> Accepted, IReadOnlyList<string> Refused)
{
    private const string Resource = "reference.tsv";

    private static readonly Lazy<FrozenDictionary<string, ReferenceSupport>> s_byName = new(Read);

    /// <summary>Null for operators that the reference lacks, or of which nothing was measured.</summary>
    public static ReferenceSupport? Of(string operatorName) => s_byName.Value.GetValueOrDefault(operatorName);

    private static FrozenDictionary<string, ReferenceSupport> Read()
    {
        using var stream = typeof(ReferenceSupport).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the assembly has no resource {Resource}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.TrimEnd('\r').Split('\t'))
            .ToFrozenDictionary(cells => cells[0], cells => new ReferenceSupport(Number(cells[1]), Number(cells[2]), Words(cells[3]), Words(cells[4])));
    }

    private static int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);

    private static string[] Words(string cell) => cell.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
