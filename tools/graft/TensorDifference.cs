namespace Graft.Cli;

/// <summary>How two tensors of the same node differ.</summary>
/// <param name="Differing">Elements (bytes, for types that are no plain numbers) that are not the same bits.</param>
/// <param name="Count">Elements in all.</param>
/// <param name="Largest">The largest difference; NaN where one side is NaN or the shapes differ.</param>
/// <param name="Scale">The largest finite magnitude on the reference side.</param>
internal readonly record struct TensorDifference(long Differing, long Count, double Largest, double Scale)
{
    public static TensorDifference Between(DType type, ReadOnlySpan<byte> actual, ReadOnlySpan<byte> reference)
    {
        if (actual.SequenceEqual(reference)) return new(0, reference.Length, 0, 0);
        if (actual.Length != reference.Length || Numbers.TryRead(type, actual) is not { } x
            || Numbers.TryRead(type, reference) is not { } y)
        {
            int rest = Math.Max(actual.Length - actual.CommonPrefixLength(reference), 1);
            return new(rest, reference.Length, double.NaN, 0);
        }
        long differing = 0;
        double largest = 0, scale = 0;
        for (int i = 0; i < x.Length; i++)
        {
            if (double.IsFinite(y[i])) scale = Math.Max(scale, Math.Abs(y[i]));
            if (x[i].Equals(y[i])) continue;
            differing++;
            // Math.Max gives NaN when either side is NaN, and so shows it.
            largest = Math.Max(largest, Math.Abs(x[i] - y[i]));
        }
        return new(differing, x.Length, largest, scale);
    }

    /// <summary>The largest difference as a share of the largest value.</summary>
    public double Relative => Largest == 0 ? 0 : Largest / Scale;

    /// <summary>Integers must be equal; floats may differ by a share of the largest value.</summary>
    public bool IsWithin(DType type, double tolerance) => Differing == 0 || (type.IsFloat() && Relative <= tolerance);
}
