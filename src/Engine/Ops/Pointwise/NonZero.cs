using System.Numerics;

namespace Graft.Ops.Pointwise;

/// <summary>Refuses divisors that stand for zero before a step that divides by input 1.</summary>
internal static class NonZero
{
    public static IStep Then<T>(in PrepareContext c, T zero, IStep step) where T : unmanaged, INumber<T> =>
        new Sequence(new ForbiddenRange<T>(c.In(1), zero, zero, "the divisor stands for zero"), step);
}
