using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;

namespace Graft.Kernels.Quant;

/// <summary>
/// LOGISTIC and TANH of 16-bit tensors: linear interpolation in sigmoid(i / 24), 256 nodes in 0.16 format, of the
/// argument brought to the scale 1 / (3 * 4096), so that 2^17 stands for 10.7. tanh(x) = 2 sigmoid(2x) - 1 uses the
/// same nodes. Output scale 1/32768.
/// </summary>
internal static class SigmoidTable
{
    private const int Nodes = 256;

    // Nodes that the reference puts one step above the rounded sigmoid.
    private static ReadOnlySpan<byte> Raised => 
    [
        4, 8, 12, 14, 15, 16, 17, 19, 20, 21, 22, 25, 27, 28, 29, 30, 31, 33, 34, 35, 37, 39, 40, 41, 43, 44,
        45, 46, 49, 50, 54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255,
    ];

    private static readonly int[] _nodes = Fill();

    /// <summary>
    /// How 16-bit arguments come to the table's scale: times the multiplier, then shifted right with rounding.
    /// </summary>
    internal readonly record struct Scaling(int Multiplier, int Shift);

    /// <summary>
    /// For an input scale: a power of two whose exponent the table knows exactly (2^-12, for tanh also 2^-11), or any
    /// other through a multiplier of 15 bits, cut, not rounded.
    /// </summary>
    public static Scaling ScalingFor(float scale, int exactShiftMax)
    {
        int shift = 12 + PowerOfTwo.Exponent(scale);
        if (PowerOfTwo.Is(scale) && shift >= 0 && shift <= exactShiftMax) return new(3 << shift, 0);
        double multiplier = scale * 4096.0 * 3.0;
        int right = 0;
        for (; multiplier <= short.MaxValue / 2.0 && right <= 30; right++) multiplier *= 2;
        return new((int)multiplier, right);
    }

    [MethodImpl(Jit.Loop)]
    public static void Logistic(ReadOnlySpan<short> input, Scaling scaling, Span<short> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        for (int i = 0; i < input.Length; i++) output[i] = LogisticAt(Scale(input[i], scaling));
    }

    [MethodImpl(Jit.Loop)]
    public static void Tanh(ReadOnlySpan<short> input, Scaling scaling, Span<short> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        for (int i = 0; i < input.Length; i++) output[i] = TanhAt(Scale(input[i], scaling));
    }

    private static int Scale(short value, Scaling scaling)
    {
        int round = scaling.Shift > 0 ? 1 << (scaling.Shift - 1) : 0;
        return ((value * scaling.Multiplier) + round) >> scaling.Shift;
    }

    private static short LogisticAt(int x)
    {
        int result = Interpolate(x, 9, 0x7FFF << 10);
        // Adding half a step, and reflecting below zero: sigmoid(-x) = 1 - sigmoid(x).
        result = x >= 0 ? result + (1 << 9) : (1 << 25) - result + (1 << 9) - 1;
        return (short)(result >> 10);
    }

    private static short TanhAt(int x)
    {
        int result = Interpolate(x, 8, 0xFFFF << 8);
        result = x >= 0 ? result - (1 << 23) + (1 << 7) : -result + (1 << 23) + (1 << 7) - 1;
        return (short)(result >> 8);
    }

    // |x| in units of 2^-bits of a node's distance; beyond the last node the given value.
    private static int Interpolate(int x, int bits, int saturated)
    {
        uint magnitude = (uint)(x < 0 ? -x : x);
        uint node = magnitude >> bits;
        if (node >= Nodes - 1) return saturated;
        int start = _nodes[node];
        int between = (int)(magnitude & ((1u << bits) - 1));
        return (start << bits) + (between * (_nodes[node + 1] - start));
    }

    private static int[] Fill()
    {
        int[] nodes = new int[Nodes];
        for (int i = 0; i < Nodes; i++) nodes[i] = (int)Math.Round(65536 / (1 + Math.Exp(-i / 24.0)));
        foreach (byte i in Raised) nodes[i]++;
        for (int i = 0; i < Nodes; i++) nodes[i] = Math.Min(nodes[i], ushort.MaxValue);
        return nodes;
    }
}
