using Graft.Graphs;

namespace Graft.Ops.Moves;

/// <summary>The element that stands for zero: the zero point of a quantised tensor.</summary>
internal static class ZeroElement
{
    public static byte[] Of(TensorInfo info)
    {
        var element = new byte[Move.ElementBytes(info.Type)];
        if (info.Type.IsFloat() || info.Quantization is not { } quantization) return element;
        long zero = quantization.ZeroPoint;
        for (int i = 0; i < element.Length; i++) element[i] = (byte)(zero >> Math.Min(8 * i, 63));
        return element;
    }
}
