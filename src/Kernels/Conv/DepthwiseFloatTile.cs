// house: tile
using System.Runtime.CompilerServices;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Conv;

/// <summary>What one call of <see cref="DepthwiseFloatTile"/> works on: neighbouring outputs of a row, as many channels as there are lanes.</summary>
internal ref struct DepthwiseFloatArguments
{
    /// <summary>The kept lines at the first output; what the next one sees is Step elements on.</summary>
    public ref float Lines;
    public nint Step;

    /// <summary>Where the taps are, counted from there; weights and bias are one vector each.</summary>
    public ref nuint Taps;
    public ref float Weights;
    public ref float Bias;
    public ref float Output;

    /// <summary>Elements from output to output.</summary>
    public nint Channels;
    public int TapCount;
    public int Count;
    public float Min;
    public float Max;
}

/// <summary>
/// The tiles of a depthwise convolution: one vector of channels at neighbouring outputs. Sums take the taps in their order, so that they depend
/// neither on the tile nor on the width. Bounds are the caller's.
/// </summary>
internal static class DepthwiseFloatTile
{
    /// <summary>Outputs of the widest tile of <see cref="Run"/>.</summary>
    public const int OutputsMax = 6;

    /// <summary>TOutputs outputs from <paramref name="first"/> on, any number of taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, O, TSum, TOutputs>(in DepthwiseFloatArguments t, nint first)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
        where TOutputs : struct, ICount
    {
        ref float x0 = ref Unsafe.Add(ref t.Lines, first * t.Step);
        ref float x1 = ref Unsafe.Add(ref x0, TOutputs.Value > 1 ? 1 * t.Step : 0);
        ref float x2 = ref Unsafe.Add(ref x0, TOutputs.Value > 2 ? 2 * t.Step : 0);
        ref float x3 = ref Unsafe.Add(ref x0, TOutputs.Value > 3 ? 3 * t.Step : 0);
        ref float x4 = ref Unsafe.Add(ref x0, TOutputs.Value > 4 ? 4 * t.Step : 0);
        ref float x5 = ref Unsafe.Add(ref x0, TOutputs.Value > 5 ? 5 * t.Step : 0);
        ref nuint taps = ref t.Taps;
        ref float weights = ref t.Weights;
        V bias = O.Load(ref t.Bias, 0), start = TSum.BeginsWithBias ? bias : default;
        V s0 = start, s1 = start, s2 = start, s3 = start, s4 = start, s5 = start;
        nint count = t.TapCount;
        nuint at = 0;
        for (nint tap = 0; tap < count; tap++, at += (nuint)O.Count)
        {
            V w = O.Load(ref weights, at);
            nuint i = Unsafe.Add(ref taps, tap);
            s0 = TSum.Add<V, O>(O.Load(ref x0, i), w, s0);
            if (TOutputs.Value > 1) s1 = TSum.Add<V, O>(O.Load(ref x1, i), w, s1);
            if (TOutputs.Value > 2) s2 = TSum.Add<V, O>(O.Load(ref x2, i), w, s2);
            if (TOutputs.Value > 3) s3 = TSum.Add<V, O>(O.Load(ref x3, i), w, s3);
            if (TOutputs.Value > 4) s4 = TSum.Add<V, O>(O.Load(ref x4, i), w, s4);
            if (TOutputs.Value > 5) s5 = TSum.Add<V, O>(O.Load(ref x5, i), w, s5);
        }
        V low = O.Splat(t.Min), high = O.Splat(t.Max);
        ref float y = ref Unsafe.Add(ref t.Output, first * t.Channels);
        nuint channels = (nuint)t.Channels;
        O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s0 : O.Add(s0, bias))), ref y, 0);
        if (TOutputs.Value > 1) O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s1 : O.Add(s1, bias))), ref y, channels);
        if (TOutputs.Value > 2) O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s2 : O.Add(s2, bias))), ref y, 2 * channels);
        if (TOutputs.Value > 3) O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s3 : O.Add(s3, bias))), ref y, 3 * channels);
        if (TOutputs.Value > 4) O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s4 : O.Add(s4, bias))), ref y, 4 * channels);
        if (TOutputs.Value > 5) O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s5 : O.Add(s5, bias))), ref y, 5 * channels);
    }

    /// <summary>All outputs; filters of 3 x 3 neighbouring pixels, whose weights stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Nine<V, O, TSum>(in DepthwiseFloatArguments t)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
    {
        nuint n = (nuint)O.Count, step = (nuint)t.Step, channels = (nuint)t.Channels;
        ref float w = ref t.Weights;
        V w0 = O.Load(ref w, 0), w1 = O.Load(ref w, n), w2 = O.Load(ref w, 2 * n), w3 = O.Load(ref w, 3 * n), w4 = O.Load(ref w, 4 * n);
        V w5 = O.Load(ref w, 5 * n), w6 = O.Load(ref w, 6 * n), w7 = O.Load(ref w, 7 * n), w8 = O.Load(ref w, 8 * n);
        ref float x0 = ref Unsafe.Add(ref t.Lines, t.Taps);
        ref float x1 = ref Unsafe.Add(ref t.Lines, Unsafe.Add(ref t.Taps, 3));
        ref float x2 = ref Unsafe.Add(ref t.Lines, Unsafe.Add(ref t.Taps, 6));
        ref float y = ref t.Output;
        V bias = O.Load(ref t.Bias, 0), low = O.Splat(t.Min), high = O.Splat(t.Max);
        for (nint left = t.Count; left > 0; left--)
        {
            V sum = TSum.Add<V, O>(O.Load(ref x0, 0), w0, TSum.BeginsWithBias ? bias : default);
            sum = TSum.Add<V, O>(O.Load(ref x0, n), w1, sum);
            sum = TSum.Add<V, O>(O.Load(ref x0, 2 * n), w2, sum);
            sum = TSum.Add<V, O>(O.Load(ref x1, 0), w3, sum);
            sum = TSum.Add<V, O>(O.Load(ref x1, n), w4, sum);
            sum = TSum.Add<V, O>(O.Load(ref x1, 2 * n), w5, sum);
            sum = TSum.Add<V, O>(O.Load(ref x2, 0), w6, sum);
            sum = TSum.Add<V, O>(O.Load(ref x2, n), w7, sum);
            sum = TSum.Add<V, O>(O.Load(ref x2, 2 * n), w8, sum);
            O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? sum : O.Add(sum, bias))), ref y, 0);
            x0 = ref Unsafe.Add(ref x0, step);
            x1 = ref Unsafe.Add(ref x1, step);
            x2 = ref Unsafe.Add(ref x2, step);
            y = ref Unsafe.Add(ref y, channels);
        }
    }

    /// <summary>All outputs, at least four, with a stride of one pixel; filters of 3 x 3 neighbouring pixels. What four outputs see is read once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourOfNine<V, O, TSum>(in DepthwiseFloatArguments t)
        where V : unmanaged
        where O : struct, IFloats<V>
        where TSum : struct, IMulAdd
    {
        nuint n = (nuint)O.Count, channels = (nuint)t.Channels;
        nint count = t.Count;
        ref float w = ref t.Weights;
        V bias = O.Load(ref t.Bias, 0), low = O.Splat(t.Min), high = O.Splat(t.Max);
        for (nint x = 0; x < count; x += 4)
        {
            // The last four end with the last output, and compute some again.
            x = nint.Min(x, count - 4);
            V first = TSum.BeginsWithBias ? bias : default, s0 = first, s1 = first, s2 = first, s3 = first;
            nuint at = 0;
            for (nint row = 0; row < 3; row++, at += 3 * n)
            {
                ref float line = ref Unsafe.Add(ref t.Lines, (nint)Unsafe.Add(ref t.Taps, 3 * row) + x * (nint)n);
                V u = O.Load(ref w, at), v = O.Load(ref w, at + n), z = O.Load(ref w, at + 2 * n);
                V a = O.Load(ref line, 0), b = O.Load(ref line, n), c = O.Load(ref line, 2 * n);
                V d = O.Load(ref line, 3 * n), e = O.Load(ref line, 4 * n), f = O.Load(ref line, 5 * n);
                s0 = TSum.Add<V, O>(a, u, s0); s1 = TSum.Add<V, O>(b, u, s1); s2 = TSum.Add<V, O>(c, u, s2); s3 = TSum.Add<V, O>(d, u, s3);
                s0 = TSum.Add<V, O>(b, v, s0); s1 = TSum.Add<V, O>(c, v, s1); s2 = TSum.Add<V, O>(d, v, s2); s3 = TSum.Add<V, O>(e, v, s3);
                s0 = TSum.Add<V, O>(c, z, s0); s1 = TSum.Add<V, O>(d, z, s1); s2 = TSum.Add<V, O>(e, z, s2); s3 = TSum.Add<V, O>(f, z, s3);
            }
            ref float y = ref Unsafe.Add(ref t.Output, x * (nint)channels);
            O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s0 : O.Add(s0, bias))), ref y, 0);
            O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s1 : O.Add(s1, bias))), ref y, channels);
            O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s2 : O.Add(s2, bias))), ref y, 2 * channels);
            O.Store(O.Min(high, O.Max(low, TSum.BeginsWithBias ? s3 : O.Add(s3, bias))), ref y, 3 * channels);
        }
    }
}
