// house: tile
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>What one call of <see cref="DepthwiseFloatTile"/> works on: neighbouring outputs of one row, all channels, and the taps that they see.</summary>
internal ref struct DepthwiseFloatArguments
{
    /// <summary>The input under the first output; that under the next after InputStep elements.</summary>
    public ref float Input;
    public nint InputStep;

    /// <summary>For each tap where its input is, counted from Input, and where its weights are.</summary>
    public ref int TapInputs;
    public ref int TapWeights;
    public int TapCount;
    public ref float Weights;

    /// <summary>One number for each channel.</summary>
    public ref float Bias;
    public ref float Output;
    public int Channels;
    public float Min;
    public float Max;
}

/// <summary>
/// The tile of a depthwise convolution: <c>TOutputs</c> neighbouring outputs by one vector of channels at a time. Sums take the taps in their
/// order, so that they depend on neither. Bounds are the caller's; there are at least as many channels as lanes.
/// </summary>
internal static class DepthwiseFloatTile
{
    /// <summary>Outputs of the widest tile.</summary>
    public const int OutputsMax = 6;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, TSum, TOutputs>(in DepthwiseFloatArguments t)
        where V : unmanaged, ISimd<V, float>
        where TSum : struct, IMulAdd
        where TOutputs : struct, ICount
    {
        ref float x0 = ref t.Input;
        ref float x1 = ref Unsafe.Add(ref x0, TOutputs.Value > 1 ? 1 * t.InputStep : 0);
        ref float x2 = ref Unsafe.Add(ref x0, TOutputs.Value > 2 ? 2 * t.InputStep : 0);
        ref float x3 = ref Unsafe.Add(ref x0, TOutputs.Value > 3 ? 3 * t.InputStep : 0);
        ref float x4 = ref Unsafe.Add(ref x0, TOutputs.Value > 4 ? 4 * t.InputStep : 0);
        ref float x5 = ref Unsafe.Add(ref x0, TOutputs.Value > 5 ? 5 * t.InputStep : 0);
        ref int from = ref t.TapInputs, at = ref t.TapWeights;
        ref float weights = ref t.Weights;
        int count = t.TapCount;
        nint channels = t.Channels, last = channels - V.Count;
        V low = V.Splat(t.Min), high = V.Splat(t.Max);
        for (nint c = 0; c < channels; c += V.Count)
        {
            // The last vector ends with the last channel, and computes some channels again.
            c = nint.Min(c, last);
            V bias = V.Load(ref t.Bias, (nuint)c), first = TSum.BeginsWithBias ? bias : default;
            V s0 = first, s1 = first, s2 = first, s3 = first, s4 = first, s5 = first;
            for (nint tap = 0; tap < count; tap++)
            {
                V w = V.Load(ref weights, (nuint)(Unsafe.Add(ref at, tap) + c));
                nuint i = (nuint)(Unsafe.Add(ref from, tap) + c);
                s0 = TSum.Add(V.Load(ref x0, i), w, s0);
                if (TOutputs.Value > 1) s1 = TSum.Add(V.Load(ref x1, i), w, s1);
                if (TOutputs.Value > 2) s2 = TSum.Add(V.Load(ref x2, i), w, s2);
                if (TOutputs.Value > 3) s3 = TSum.Add(V.Load(ref x3, i), w, s3);
                if (TOutputs.Value > 4) s4 = TSum.Add(V.Load(ref x4, i), w, s4);
                if (TOutputs.Value > 5) s5 = TSum.Add(V.Load(ref x5, i), w, s5);
            }
            ref float y = ref Unsafe.Add(ref t.Output, c);
            V.Store(V.Min(high, V.Max(low, TSum.BeginsWithBias ? s0 : s0 + bias)), ref y, 0);
            if (TOutputs.Value > 1) V.Store(V.Min(high, V.Max(low, TSum.BeginsWithBias ? s1 : s1 + bias)), ref y, (nuint)channels);
            if (TOutputs.Value > 2) V.Store(V.Min(high, V.Max(low, TSum.BeginsWithBias ? s2 : s2 + bias)), ref y, (nuint)(2 * channels));
            if (TOutputs.Value > 3) V.Store(V.Min(high, V.Max(low, TSum.BeginsWithBias ? s3 : s3 + bias)), ref y, (nuint)(3 * channels));
            if (TOutputs.Value > 4) V.Store(V.Min(high, V.Max(low, TSum.BeginsWithBias ? s4 : s4 + bias)), ref y, (nuint)(4 * channels));
            if (TOutputs.Value > 5) V.Store(V.Min(high, V.Max(low, TSum.BeginsWithBias ? s5 : s5 + bias)), ref y, (nuint)(5 * channels));
        }
    }
}
