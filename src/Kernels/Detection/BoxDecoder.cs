using System.Runtime.InteropServices;

namespace Graft.Kernels.Detection;

/// <summary>Boxes from a detector's output.</summary>
internal static class BoxDecoder
{
    /// <summary>
    /// Each encoding is (y, x, h, w) relative to an anchor (y, x, h, w): its centre is <c>encoding / scale * anchor size + anchor</c>, half
    /// its size <c>exp(encoding / scale) * anchor size / 2</c>. Computed in double; centre and half size are rounded to float.
    /// </summary>
    /// <param name="encodings">(boxes, length), of which the first four values count.</param>
    /// <param name="scales">y, x, h, w.</param>
    public static void Decode(ReadOnlySpan<float> encodings, int length, ReadOnlySpan<float> anchors, ReadOnlySpan<float> scales, Span<Box> boxes)
    {
        var around = MemoryMarshal.Cast<float, Box>(anchors);
        for (int i = 0; i < boxes.Length; i++)
        {
            var (y, x, h, w) = MemoryMarshal.Read<Box>(MemoryMarshal.AsBytes(encodings.Slice(i * length, 4)));
            var (anchorY, anchorX, anchorH, anchorW) = around[i];
            float centerY = (float)((double)y / scales[0] * anchorH + anchorY), centerX = (float)((double)x / scales[1] * anchorW + anchorX);
            float halfH = (float)(0.5 * Math.Exp((double)h / scales[2]) * anchorH), halfW = (float)(0.5 * Math.Exp((double)w / scales[3]) * anchorW);
            boxes[i] = new(centerY - halfH, centerX - halfW, centerY + halfH, centerX + halfW);
        }
    }

    /// <summary>True when no box has its corners in the wrong order.</summary>
    public static bool AreOrdered(ReadOnlySpan<Box> boxes)
    {
        foreach (var box in boxes)
        {
            if (box.Y1 > box.Y2 || box.X1 > box.X2) return false;
        }
        return true;
    }
}
