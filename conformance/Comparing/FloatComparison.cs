using Graft.Conformance.Reading;
using Graft.Conformance.Rules;

namespace Graft.Conformance.Comparing;

/// <summary>
/// Floats. A tensor passes when all of it is within the bound of one of the reference's kernel sets: of <c>out</c>, or
/// of another set that is finite wherever <c>out</c> is and near enough to it to be an alternative rather than a fault.
/// </summary>
internal static class FloatComparison
{
    public static Verdict Compare(IReadOnlyList<KernelResult> results, DType type, Shape shape,
        ReadOnlySpan<byte> bytes, ModelFacts model)
    {
        var actual = FloatFormat.Read(type, bytes);
        var reference = FloatFormat.Read(type, results[0].Tensor.Bytes.Span);
        var best = Verdict.Fail("no kernel set counts");
        foreach (var result in results)
        {
            bool isOut = result.Kernels == "out";
            if (model.Class == OperatorClass.Exact && !isOut) continue;
            if (result.Kernels == "xnn" && !model.TrustsXnnpack) continue;
            if (result.Tensor.Bytes.Length != bytes.Length) continue;
            var expected = isOut ? reference : FloatFormat.Read(type, result.Tensor.Bytes.Span);
            if (!isOut && !Counts(reference, expected, type, model)) continue;
            var verdict = new FloatMatch(expected, actual, type, shape, model).Judge(result.Kernels);
            if (isOut || verdict.Ratio < best.Ratio) best = verdict;
        }
        return best;
    }

    private static bool Counts(double[] reference, double[] other, DType type, ModelFacts model)
    {
        double largest = 0, difference = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            if (!double.IsFinite(reference[i])) continue;
            if (!double.IsFinite(other[i])) return false;
            largest = Math.Max(largest, Math.Abs(reference[i]));
            difference = Math.Max(difference, Math.Abs(reference[i] - other[i]));
        }
        double share = Tolerance.SetFactor * Tolerance.Relative(type, model.IsWhole);
        if (model.IsHybrid) share = Math.Max(share, Tolerance.HybridSet);
        return difference <= share * largest + FloatFormat.Rounding(type, largest);
    }
}
