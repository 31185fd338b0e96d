using System.Numerics;
using Graft.Kernels.Reduce;

namespace Graft.Kernels.Reference;

/// <summary>How two numbers become one, in plain code.</summary>
internal interface INaiveFunction<T>
{
    public static abstract T Apply(T a, T b);
}

/// <summary>Windowed reductions window by window: the oracle of <see cref="WindowReduce"/>.</summary>
internal static class NaiveWindow
{
    public static void Run<TFn, T>(ReadOnlySpan<WindowAxis> axes, T init, ReadOnlySpan<T> input, Span<T> output)
        where TFn : struct, INaiveFunction<T>
    {
        int outputs = 1, positions = 1;
        foreach (var axis in axes)
        {
            outputs *= axis.Output;
            positions *= axis.Window;
        }
        for (int o = 0; o < outputs; o++)
        {
            T sum = init;
            for (int p = 0; p < positions; p++)
            {
                int source = Source(axes, o, p);
                sum = TFn.Apply(sum, source < 0 ? init : input[source]);
            }
            output[o] = sum;
        }
    }

    private static int Source(ReadOnlySpan<WindowAxis> axes, int output, int position)
    {
        int source = 0, stride = 1;
        for (int a = axes.Length - 1; a >= 0; a--)
        {
            var axis = axes[a];
            int at = output % axis.Output * axis.Stride + position % axis.Window * axis.Dilation - axis.Before;
            if (at < 0 || at % axis.Spread != 0 || at / axis.Spread >= axis.Input) return -1;
            source += at / axis.Spread * stride;
            stride *= axis.Input;
            output /= axis.Output;
            position /= axis.Window;
        }
        return source;
    }
}

internal readonly struct NaiveSum<T> : INaiveFunction<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => a + b;
}

internal readonly struct NaiveProduct<T> : INaiveFunction<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => a * b;
}

internal readonly struct NaiveNotSmaller<T> : INaiveFunction<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => a >= b ? a : b;
}

internal readonly struct NaiveNotLarger<T> : INaiveFunction<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => a <= b ? a : b;
}

internal readonly struct NaiveBoth<T> : INaiveFunction<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.IsZero(a) || T.IsZero(b) ? T.Zero : T.One;
}

internal readonly struct NaiveEither<T> : INaiveFunction<T> where T : INumber<T>
{
    public static T Apply(T a, T b) => T.IsZero(a) && T.IsZero(b) ? T.Zero : T.One;
}
