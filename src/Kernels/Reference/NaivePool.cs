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
    public static void Rows(in ConvGeometry g, ReadOnlySpan<T> input, Span<T> output, T min, T max, int begin, int end)
    {
        for (int row = begin; row < end; row++)
        {
            for (int x = 0; x < g.OutputWidth; x++)
            {
                for (int c = 0; c < g.InputChannels; c++)
                {
                    T result = Window(g, input, row, x, c);
                    if (result < min) result = min;
                    if (result > max) result = max;
                    output[(row * g.OutputWidth + x) * g.InputChannels + c] = result;
                }
            }
        }
    }

    private static T Window(in ConvGeometry g, ReadOnlySpan<T> input, int row, int x, int c)
    {
        int image = row / g.OutputHeight, top = row % g.OutputHeight * g.StrideY - g.PadY, left = x * g.StrideX - g.PadX;
        A sum = TFold.Start;
        int elements = 0;
        for (int iy = Math.Max(top, 0); iy < g.InputHeight && iy - top < g.FilterHeight; iy++)
        {
            for (int ix = Math.Max(left, 0); ix < g.InputWidth && ix - left < g.FilterWidth; ix++, elements++)
            {
                sum = TFold.Add(sum, input[((image * g.InputHeight + iy) * g.InputWidth + ix) * g.InputChannels + c]);
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
