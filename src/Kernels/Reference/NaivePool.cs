using System.Numerics;
using Graft.Kernels.Conv;
using Graft.Kernels.Pool;

namespace Graft.Kernels.Reference;

/// <summary>One window at a time: how a pooling begins, goes on and ends, in plain numbers.</summary>
internal interface INaiveFold<T, A>
{
    public static abstract A Start { get; }

    public static abstract A Add(A sum, T x);

    public static abstract T Result(A sum, int elements);
}

/// <summary>Pooling, element by element: the oracle of <see cref="PoolRows"/>, and the kernel of types that have no vectors.</summary>
internal readonly struct NaivePool<TFold, A, T> : IPool<T>
    where TFold : struct, INaiveFold<T, A>
    where T : unmanaged, INumber<T>
{
    public static void Lines(VolumeGeometry g, ReadOnlySpan<T> input, Span<T> output, T min, T max, int begin, int end)
    {
        for (int line = begin; line < end; line++)
        {
            for (int x = 0; x < g.Width.Output; x++)
            {
                for (int c = 0; c < g.InputChannels; c++)
                {
                    T result = Window(g, input, line, x, c);
                    if (result < min) result = min;
                    if (result > max) result = max;
                    output[(line * g.Width.Output + x) * g.InputChannels + c] = result;
                }
            }
        }
    }

    private static T Window(VolumeGeometry g, ReadOnlySpan<T> input, int line, int x, int c)
    {
        int y = line % g.Height.Output, d = line / g.Height.Output % g.Depth.Output, image = line / g.Height.Output / g.Depth.Output;
        int front = d * g.Depth.Stride - g.Depth.Pad, top = y * g.Height.Stride - g.Height.Pad, left = x * g.Width.Stride - g.Width.Pad;
        A sum = TFold.Start;
        int elements = 0;
        for (int id = Math.Max(front, 0); id < g.Depth.Input && id - front < g.Depth.Filter; id++)
        {
            for (int iy = Math.Max(top, 0); iy < g.Height.Input && iy - top < g.Height.Filter; iy++)
            {
                for (int ix = Math.Max(left, 0); ix < g.Width.Input && ix - left < g.Width.Filter; ix++, elements++)
                {
                    int at = ((image * g.Depth.Input + id) * g.Height.Input + iy) * g.Width.Input + ix;
                    sum = TFold.Add(sum, input[at * g.InputChannels + c]);
                }
            }
        }
        return TFold.Result(sum, elements);
    }
}

/// <summary>The largest element; NaN is skipped.</summary>
internal readonly struct NaiveMax<T> : INaiveFold<T, T> where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Start => T.MinValue;

    public static T Add(T sum, T x) => x > sum ? x : sum;

    public static T Result(T sum, int elements) => sum;
}

/// <summary>The mean, summed in float32.</summary>
internal readonly struct NaiveMean<T> : INaiveFold<T, float> where T : unmanaged, INumber<T>
{
    public static float Start => 0;

    public static float Add(float sum, T x) => sum + float.CreateTruncating(x);

    public static T Result(float sum, int elements) => T.CreateTruncating(sum / elements);
}

/// <summary>The root of the mean square.</summary>
internal readonly struct NaiveRootMeanSquare : INaiveFold<float, float>
{
    public static float Start => 0;

    public static float Add(float sum, float x) => sum + (x * x);

    public static float Result(float sum, int elements) => MathF.Sqrt(sum / elements);
}

/// <summary>The mean of integers, rounded half away from zero.</summary>
internal readonly struct NaiveIntegerMean<T> : INaiveFold<T, int> where T : unmanaged, IBinaryInteger<T>
{
    public static int Start => 0;

    public static int Add(int sum, T x) => sum + int.CreateTruncating(x);

    public static T Result(int sum, int elements) => T.CreateTruncating((sum > 0 ? sum + (elements / 2) : sum - (elements / 2)) / elements);
}
