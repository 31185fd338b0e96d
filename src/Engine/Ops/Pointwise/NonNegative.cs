using System.Numerics;

namespace Graft.Ops.Pointwise;

/// <summary>Refuses quantised data below the zero point before a step that has no result for it.</summary>
internal static class NonNegative
{
    public static IStep Then<T>(in PrepareContext c, IStep step) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var zero = T.CreateChecked(TensorScale.Input(c, 0).ZeroPoint);
        if (zero == T.MinValue) return step;
        return new Sequence(new ForbiddenRange<T>(c.In(0), T.MinValue, zero - T.One, "negative values have no square root"), step);
    }
}
