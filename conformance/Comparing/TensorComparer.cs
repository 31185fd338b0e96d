using Graft.Conformance.Reading;
using Graft.Conformance.Rules;

namespace Graft.Conformance.Comparing;

/// <summary>
/// Compares one output with what the reference gave: type, shape, quantisation, and then the values by their kind.
/// </summary>
internal static class TensorComparer
{
    public static Verdict Compare(ExpectedOutput expected, in Actual actual, ComparisonRules rules)
    {
        if (Facts(expected, actual) is { } problem) return Verdict.Fail(problem);
        var shape = actual.Shape;
        var bytes = actual.Bytes;
        if (expected.Rows is { } rows
            && !RowSlice.TryTake(rows, expected.Out, actual.Type, ref shape, ref bytes, out problem))
        {
            return Verdict.Fail(problem);
        }
        if (rules.Model.IsUnseeded) return Verdict.Exact;
        if (bytes.SequenceEqual(expected.Out.Bytes.Span)) return Verdict.Exact;
        if (FloatFormat.NumbersPerElement(actual.Type) > 0)
            return FloatComparison.Compare(expected.Results, actual.Type, shape, bytes, rules.Model);
        if (actual.Type == DType.String) return TextComparison.Compare(expected.Out.Bytes.Span, bytes, shape);
        return IntegerComparison.Compare(expected.Out, actual.Type, shape, bytes, Steps(expected, actual.Type, rules));
    }

    /// <summary>How far integers may be off; null where they must be equal.</summary>
    private static (int Steps, double Share)? Steps(ExpectedOutput expected, DType type, ComparisonRules rules)
    {
        bool quantised = expected.Description?.Scales.Count > 0;
        return rules.FromReferenceKernels || !quantised ? null : Tolerance.Quantised(type, rules.Model.IsWhole);
    }

    private static string? Facts(ExpectedOutput expected, in Actual actual)
    {
        var golden = expected.Out;
        if (golden.Type != actual.Type) return $"type {actual.Type.Name()}, expected {golden.Type.Name()}";
        if (expected.Rows is null)
        {
            if (golden.Shape is { } shape && shape != actual.Shape) return $"shape {actual.Shape}, expected {shape}";
            long bytes = golden.Type == DType.String ? actual.Bytes.Length
                : golden.Type.ByteCount(actual.Shape.ElementCount);
            if (actual.Bytes.Length != bytes)
                return $"{actual.Bytes.Length} bytes for shape {actual.Shape}, expected {bytes}";
            if (golden.Type != DType.String && golden.Bytes.Length != bytes)
                return $"shape {actual.Shape} takes {bytes} bytes, expected {golden.Bytes.Length}";
        }
        return expected.Description is { Type: not null } description ? Quantisation(description, actual.Quantization)
            : null;
    }

    private static string? Quantisation(TensorDescription expected, Quantization? actual)
    {
        if (actual is not null && actual.Scales.All(s => s == 0)) actual = null;
        var scales = actual is null ? [] : actual.Scales;
        var zeroPoints = actual is null ? [] : actual.ZeroPoints;
        bool same = scales.SequenceEqual(expected.Scales)
            && (scales.Length == 0 || zeroPoints.SequenceEqual(expected.ZeroPoints));
        if (same && scales.Length > 1) same = actual!.Axis == expected.Axis;
        if (same) return null;
        string wanted = expected.Scales.Count == 0
            ? "none"
            : $"scales {string.Join(" ", expected.Scales)}, zero points {string.Join(" ", expected.ZeroPoints)}, axis {expected.Axis}";
        return $"quantisation {actual?.ToString() ?? "none"}, expected {wanted}";
    }
}
