namespace Graft.Conformance.Comparing;

/// <summary>How an output compares with what was expected.</summary>
internal enum Outcome
{
    BitExact,
    WithinTolerance,
    Failed,
}

/// <summary>The result of one comparison.</summary>
/// <param name="Outcome">Better or worse.</param>
/// <param name="Error">Largest absolute difference to the nearest kernel set.</param>
/// <param name="Ratio">Largest difference as a multiple of its bound: above 1 means failed. Infinite where no bound
/// applies.</param>
/// <param name="Detail">Where it is and what was expected; empty when bit-exact.</param>
internal readonly record struct Verdict(Outcome Outcome, double Error, double Ratio, string Detail)
{
    public static Verdict Exact => new(Outcome.BitExact, 0, 0, "");

    public static Verdict Fail(string detail) => new(Outcome.Failed, double.NaN, double.PositiveInfinity, detail);
}
