using Graft.Conformance.Reading;
using Graft.Conformance.Rules;

namespace Graft.Conformance.Comparing;

/// <summary>
/// Floats. A tensor passes when all of it is within the bound of one of the reference's kernel sets: of <c>out</c>, or
/// of another set that is finite wherever <c>out</c> is and near enough to it to be an alternative rather than a fault.
/// In a whole model numbers may also be twice as far from <c>out</c> as the reference's own sets are.
/// </summary>
internal static class FloatComparison
{
    public static Verdict Compare(IReadOnlyList<KernelResult> results, DType type, Shape shape,
        ReadOnlySpan<byte> bytes, ModelFacts model, double statedSpread)
    {
        var actual = FloatFormat.Read(type, bytes);
        var reference = FloatFormat.Read(type, results[0].Tensor.Bytes.Span);
        var best = Verdict.Fail("no kernel set counts");
        double spread = 0;
        foreach (var result in results)
        {
            bool isOut = result.Kernels == "out";
            if (model.Class == OperatorClass.Exact && !isOut) continue;
            if (result.Tensor.Bytes.Length != bytes.Length) continue;
            var expected = isOut ? reference : FloatFormat.Read(type, result.Tensor.Bytes.Span);
            if (!isOut && !Counts(reference, expected, type, model)) continue;
            if (!isOut) spread = Math.Max(spread, Difference(reference, expected));
            if (result.Kernels == "xnn" && !model.TrustsXnnpack) continue;
            var verdict = new FloatMatch(expected, actual, type, shape, model).Judge(result.Kernels);
            if (isOut || verdict.Ratio < best.Ratio) best = verdict;
        }
        bool drifts = model is { IsWhole: true, IsHybrid: false, Class: OperatorClass.Accumulating };
        if (best.Ratio <= 1 || !drifts) return best;
        if (results.Count == 1) spread = Math.Min(statedSpread, Allowed(reference, type, model));
        var drifted = new FloatMatch(reference, actual, type, shape, model, Tolerance.SpreadFactor * spread).Judge("out, twice as far as its sets are apart");
        return drifted.Ratio <= 1 ? drifted : best;
    }

    private static double Difference(double[] reference, double[] other)
    {
        double difference = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            if (double.IsFinite(reference[i])) difference = Math.Max(difference, Math.Abs(reference[i] - other[i]));
        }
        return difference;
    }

    /// <summary>How far another set may be from <c>out</c> and still count.</summary>
    private static double Allowed(double[] reference, DType type, ModelFacts model)
    {
        double largest = reference.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        double share = Tolerance.SetFactor * Tolerance.Relative(type, model.IsWhole);
        if (model.IsHybrid) share = Math.Max(share, Tolerance.HybridSet);
        return share * largest + FloatFormat.Rounding(type, largest);
    }

    private static bool Counts(double[] reference, double[] other, DType type, ModelFacts model)
    {
        for (int i = 0; i < reference.Length; i++)
        {
            if (double.IsFinite(reference[i]) && !double.IsFinite(other[i])) return false;
        }
        return Difference(reference, other) <= Allowed(reference, type, model);
    }
}
