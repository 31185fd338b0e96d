using System.Numerics;
using Graft.Kernels.Resize;

namespace Graft.Kernels.Reference;

/// <summary>How a weighted sum becomes a pixel.</summary>
internal interface INaivePixel<T, A>
{
    public static abstract T Round(A sum);
}

/// <summary>Bilinear mixing, element by element: the oracle of <see cref="BilinearRow"/>.</summary>
internal readonly struct NaiveBilinear<TPixel, T, W, A> : IBilinear<T, W>
    where TPixel : struct, INaivePixel<T, A>
    where T : unmanaged, INumber<T>
    where W : unmanaged, INumber<W>
    where A : unmanaged, INumber<A>
{
    public static void Row(ReadOnlySpan<T> low, ReadOnlySpan<T> high, in Tap<W> row, ReadOnlySpan<Tap<W>> columns, int depth, Span<T> output)
    {
        for (int x = 0; x < columns.Length; x++)
        {
            var column = columns[x];
            for (int c = 0; c < depth; c++)
            {
                A sum = Weigh(low[column.Low * depth + c], row.LowWeight, column.LowWeight);
                sum += Weigh(high[column.Low * depth + c], row.HighWeight, column.LowWeight);
                sum += Weigh(low[column.High * depth + c], row.LowWeight, column.HighWeight);
                sum += Weigh(high[column.High * depth + c], row.HighWeight, column.HighWeight);
                output[x * depth + c] = TPixel.Round(sum);
            }
        }
    }

    private static A Weigh(T pixel, W row, W column) => A.CreateTruncating(pixel) * A.CreateTruncating(row) * A.CreateTruncating(column);
}

/// <summary>Floats are not rounded.</summary>
internal readonly struct NaiveFloatPixel : INaivePixel<float, float>
{
    public static float Round(float sum) => sum;
}

/// <summary>Half up.</summary>
internal readonly struct NaiveBytePixel : INaivePixel<byte, float>
{
    public static byte Round(float sum) => (byte)(sum + 0.5f);
}

/// <summary>Sums in 1/1024 squared; half away from zero.</summary>
internal readonly struct NaiveIntPixel<T> : INaivePixel<T, long> where T : unmanaged, IBinaryInteger<T>
{
    private const long One = 1L << (2 * Tap.FixedBits);

    public static T Round(long sum) => T.CreateTruncating((sum + (sum > 0 ? One / 2 : -One / 2)) / One);
}
