namespace Graft.Conformance.Comparing;

/// <summary>Says where in a tensor an element is.</summary>
internal static class Positions
{
    /// <param name="shape">The tensor's shape.</param>
    /// <param name="element">Flat index of an element, in row-major order.</param>
    public static string Of(Shape shape, long element)
    {
        var indices = new long[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            indices[axis] = element % Math.Max(1, shape[axis]);
            element /= Math.Max(1, shape[axis]);
        }
        return $"[{string.Join(",", indices)}]";
    }
}
