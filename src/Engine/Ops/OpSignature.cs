using System.Collections.Immutable;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// What an operator accepts: its identity, the versions, and rows of element types. A row reads
/// <c>"f32|i8 =0 i32? -> =0"</c>: alternatives are separated by <c>|</c>, <c>any</c> is every type, <c>=n</c> is the type of
/// operand n, <c>?</c> marks an optional operand, <c>*</c> one that repeats, <c>!</c> an output that has this type whatever the
/// file declares.
/// </summary>
internal sealed class OpSignature
{
    private readonly string[] _rows;
    private ImmutableArray<TypeRow> _parsed;

    private OpSignature(OpId id, int versions, string[] rows)
    {
        Id = id;
        MaxVersion = versions;
        _rows = rows;
    }

    public OpSignature(BuiltinOperator code, int versions, params string[] rows) : this(OpId.Builtin(code), versions, rows)
    {
    }

    public OpSignature(string customName, params string[] rows) : this(OpId.Custom(customName), int.MaxValue, rows)
    {
    }

    /// <summary>The same rows for another operator, in its first version if it is a builtin.</summary>
    public OpSignature As(OpId id) => new(id, id.CustomName is null ? 1 : int.MaxValue, _rows);

    public OpId Id { get; }

    /// <summary>Versions 1 to this are understood.</summary>
    public int MaxVersion { get; }

    public ImmutableArray<TypeRow> Rows => _parsed.IsDefault ? _parsed = [.. _rows.Select(TypeRow.Parse)] : _parsed;

    /// <summary>The rows as written, for documentation and messages.</summary>
    public IReadOnlyList<string> RowTexts => _rows;

    /// <summary>Null when the operand types are supported; otherwise what is wrong and what would work.</summary>
    /// <param name="inputs">Types of the inputs; null for an absent one.</param>
    /// <param name="outputs">Types of the outputs.</param>
    public string? Refusal(int version, ReadOnlySpan<DType?> inputs, ReadOnlySpan<DType?> outputs)
    {
        if (version < 1 || version > MaxVersion) return $"version {version} is not supported (supported: 1 to {MaxVersion})";
        return RowFor(inputs, outputs) is not null ? null
            : $"types {Describe(inputs)} -> {Describe(outputs)} are not supported (supported: {string.Join("; ", _rows)})";
    }

    /// <summary>The first row that accepts these types, or null.</summary>
    public TypeRow? RowFor(ReadOnlySpan<DType?> inputs, ReadOnlySpan<DType?> outputs)
    {
        foreach (var row in Rows)
        {
            if (row.Accepts(inputs, outputs)) return row;
        }
        return null;
    }

    private static string Describe(ReadOnlySpan<DType?> types)
    {
        var names = new List<string>();
        foreach (var type in types) names.Add(type?.ShortName() ?? "none");
        return string.Join(" ", names);
    }
}
