namespace Graft.Kernels.Detection;

/// <summary>An axis-aligned box by two opposite corners: four floats, as tensors hold them.</summary>
internal readonly record struct Box(float Y1, float X1, float Y2, float X2)
{
    /// <summary>The same area with the smaller corner first.</summary>
    public Box Ordered() => new(Less(Y1, Y2), Less(X1, X2), More(Y1, Y2), More(X1, X2));

    /// <summary>
    /// Area in common over area of both, of boxes whose smaller corner is first; 0 when either has no area. Each step rounds to float.
    /// </summary>
    public static float Overlap(in Box a, in Box b)
    {
        float areaA = (a.Y2 - a.Y1) * (a.X2 - a.X1), areaB = (b.Y2 - b.Y1) * (b.X2 - b.X1);
        if (areaA <= 0 || areaB <= 0) return 0;
        float height = More(Less(a.Y2, b.Y2) - More(a.Y1, b.Y1), 0), width = More(Less(a.X2, b.X2) - More(a.X1, b.X1), 0);
        float common = height * width;
        return common / (areaA + areaB - common);
    }

    // The first operand wins ties and comparisons with NaN, as in the reference.
    private static float Less(float a, float b) => b < a ? b : a;

    private static float More(float a, float b) => a < b ? b : a;
}
