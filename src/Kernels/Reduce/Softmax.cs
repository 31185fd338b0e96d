using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Kernels.Simd;

namespace Graft.Kernels.Reduce;

/// <summary>
/// SOFTMAX and LOG_SOFTMAX of float rows: e^(beta (x - max)) over its sum. Each row is summed in the order of <see
/// cref="Row"/>, so its result does not depend on the others. Input and output may be one span. The argument is rounded
/// to float before the exponential, as in the reference, so the relative error grows with it.
/// </summary>
internal static class Softmax
{
    /// <summary>
    /// Greatest relative distance from the exact result for an argument beta (x - max), beside one denormal step.
    /// </summary>
    public static double RelativeErrorMax(double argument) => (4 + (1.5 * Math.Abs(argument))) / (1 << 23);

    /// <summary>
    /// Greatest absolute distance of the logarithm from the exact one, for a result of this magnitude.
    /// </summary>
    public static double LogErrorMax(double result) => (4 + (1.5 * Math.Abs(result))) / (1 << 23);

    /// <summary>Rows of <paramref name="length"/> elements.</summary>
    [MethodImpl(Jit.Loop)]
    public static void Apply(ReadOnlySpan<float> input, int length, float beta, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        if (length is > 0 and <= ShortSoftmax.LengthMax)
        {
            ShortSoftmax.Apply(input, length, beta, output);
            return;
        }
        for (int start = 0; start < input.Length; start += length)
        {
            ReadOnlySpan<float> row = input.Slice(start, length);
            Span<float> to = output.Slice(start, length);
            float most = Row.Reduce<MaximumOf<float>, float>(row);
            Map.Apply(new Shifted(most, beta), row, to);
            float sum = Row.Reduce<SumOf<float>, float>(to);
            Map.Apply(new Normalised(sum), to, to);
        }
    }

    /// <summary>
    /// x - max - log(sum e^(x - max)) of rows of <paramref name="length"/> elements; scratch is one row.
    /// </summary>
    [MethodImpl(Jit.Loop)]
    public static void Log(ReadOnlySpan<float> input, int length, Span<float> scratch, Span<float> output)
    {
        Lengths.MustMatch(input.Length, output.Length);
        Lengths.MustReach(length, scratch.Length);
        Span<float> exponentials = scratch[..length];
        for (int start = 0; start < input.Length; start += length)
        {
            ReadOnlySpan<float> row = input.Slice(start, length);
            float most = Row.Reduce<MaximumOf<float>, float>(row);
            Map.Apply(new Shifted(most, 1), row, exponentials);
            float sum = Row.Reduce<SumOf<float>, float>(exponentials);
            float logSum = Maths.Log.Apply<Scalar<float>>(new(sum)).Value;
            Map.Apply(new LogNormalised(most, logSum), row, output.Slice(start, length));
        }
    }

    internal readonly struct Shifted(float most, float beta) : IUnaryClosure<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => Exp.Apply((x - V.Splat(most)) * V.Splat(beta));
    }

    internal readonly struct Normalised(float sum) : IUnaryClosure<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => x / V.Splat(sum);
    }

    private readonly struct LogNormalised(float most, float logSum) : IUnaryClosure<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => x - V.Splat(most) - V.Splat(logSum);
    }
}
