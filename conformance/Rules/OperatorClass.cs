namespace Graft.Conformance.Rules;

/// <summary>How the float results of an operator may differ from the reference's.</summary>
internal enum OperatorClass
{
    /// <summary>Data movement, selection, comparison, rounding, sign: the same bytes.</summary>
    Exact,

    /// <summary>A function of single elements: an error relative to the element.</summary>
    Elementwise,

    /// <summary>Sums of many terms: an error relative to the largest value of the row.</summary>
    Accumulating,
}
