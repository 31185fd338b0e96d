namespace Graft.Kernels.Resize;

/// <summary>Resizing by picking the nearest element.</summary>
internal static class Nearest
{
    /// <summary>
    /// Source index of every position along one axis, in float32: floor((i + offset) * scale), or the nearest with ties away from zero
    /// when corners are aligned, the offset being half a pixel or none.
    /// </summary>
    public static int[] Sources(int input, int output, bool alignCorners, bool halfPixelCenters)
    {
        float scale = alignCorners && output > 1 ? (input - 1) / (float)(output - 1) : input / (float)output;
        float offset = halfPixelCenters ? 0.5f : 0;
        var sources = new int[output];
        for (int i = 0; i < output; i++)
        {
            float at = (i + offset) * scale;
            float source = alignCorners ? MathF.Round(at, MidpointRounding.AwayFromZero) : MathF.Floor(at);
            sources[i] = Math.Clamp((int)source, 0, input - 1);
        }
        return sources;
    }
}
