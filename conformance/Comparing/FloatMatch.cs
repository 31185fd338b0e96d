using Graft.Conformance.Rules;

namespace Graft.Conformance.Comparing;

/// <summary>
/// Floats against one kernel set: each number within its bound, NaN and infinities where the set has them.
/// </summary>
internal readonly ref struct FloatMatch(double[] expected, double[] actual, DType type, Shape shape, ModelFacts model)
{
    private readonly ReadOnlySpan<double> _expected = expected;
    private readonly ReadOnlySpan<double> _actual = actual;
    private readonly int _numbers = FloatFormat.NumbersPerElement(type);
    private readonly double _relative = Tolerance.Relative(type, model.IsWhole);

    public Verdict Judge(string kernels)
    {
        // A row of one element has no scale of its own: then the whole tensor is one.
        int last = shape.Rank == 0 ? 1 : shape[^1], rowLength = last == 1 ? Math.Max(1, _expected.Length) : Math.Max(1, last * _numbers);
        double worst = 0, error = 0;
        int at = -1;
        for (int row = 0; row < _expected.Length; row += rowLength)
        {
            double largest = model.Class == OperatorClass.Accumulating ? Math.Max(model.LeastMagnitude, Largest(_expected.Slice(row, rowLength))) : 0;
            for (int i = row; i < row + rowLength; i++)
            {
                double ratio = Ratio(_expected[i], _actual[i], largest);
                if (ratio > 0) error = Math.Max(error, Math.Abs(_expected[i] - _actual[i]));
                if (ratio <= worst) continue;
                (worst, at) = (ratio, i);
            }
        }
        if (at < 0)
            return new(Outcome.WithinTolerance, 0, 0,
                $"equal to {kernels} but for NaN payloads and clamped infinities");
        string detail = $"{Positions.Of(shape, at / _numbers)}: {_actual[at]:R}, expected {_expected[at]:R} ({kernels}), {worst:G3} x the bound";
        return new(worst <= 1 ? Outcome.WithinTolerance : Outcome.Failed, error, worst, detail);
    }

    /// <summary>The difference as a multiple of its bound; infinite where none may be.</summary>
    private double Ratio(double expected, double actual, double largestOfRow)
    {
        if (BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual)) return 0;
        if (double.IsNaN(expected) || double.IsNaN(actual))
            return double.IsNaN(expected) && double.IsNaN(actual) ? 0 : double.PositiveInfinity;
        if (IsInfinite(expected) || IsInfinite(actual))
        {
            bool same = IsInfinite(expected) && IsInfinite(actual) && expected > 0 == actual > 0;
            return same ? 0 : double.PositiveInfinity;
        }
        if (model.Class == OperatorClass.Exact) return double.PositiveInfinity;
        double magnitude = model.Class == OperatorClass.Accumulating ? largestOfRow : Math.Abs(expected);
        double bound = _relative * magnitude + FloatFormat.Rounding(type, expected) + FloatFormat.SmallestNormal(type);
        return Math.Abs(expected - actual) / bound;
    }

    /// <summary>Where the reference clamps, its largest float stands for infinity.</summary>
    private bool IsInfinite(double value) =>
        double.IsInfinity(value)
            || (model.ClampsInfinity && type == DType.Float32 && Math.Abs(value) == float.MaxValue);

    private static double Largest(ReadOnlySpan<double> row)
    {
        double largest = 0;
        foreach (double value in row)
        {
            if (double.IsFinite(value) && Math.Abs(value) < float.MaxValue)
                largest = Math.Max(largest, Math.Abs(value));
        }
        return largest;
    }
}
