namespace Graft.Kernels.Reference;

/// <summary>Products of two rows as plain loops.</summary>
internal static class NaiveDot
{
    /// <summary>
    /// sum + a * b in the order of the reference's recurrent cells. Terms 0, 4, 8, ..., terms 1, 5, 9, ... and so on are summed apart; the last
    /// terms, fewer than four, follow one by one. In a basic cell the four parts are added up one after the other, then to the sum, then the last
    /// terms to that; in an LSTM (<paramref name="pairs"/>) every second one first, then the last terms, then all to the sum.
    /// </summary>
    public static float Add(float sum, ReadOnlySpan<float> a, ReadOnlySpan<float> b, bool pairs)
    {
        int whole = a.Length / 4 * 4;
        float p0 = 0, p1 = 0, p2 = 0, p3 = 0;
        for (int i = 0; i < whole; i += 4)
        {
            p0 += a[i] * b[i];
            p1 += a[i + 1] * b[i + 1];
            p2 += a[i + 2] * b[i + 2];
            p3 += a[i + 3] * b[i + 3];
        }
        float product = pairs ? p0 + p2 + (p1 + p3) : sum + (p0 + p1 + p2 + p3);
        for (int i = whole; i < a.Length; i++) product += a[i] * b[i];
        return pairs ? sum + product : product;
    }

    /// <summary>The sum of (a - zeroPoint) * b, exact.</summary>
    public static long Exact(ReadOnlySpan<sbyte> a, int zeroPoint, ReadOnlySpan<sbyte> b)
    {
        long sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (a[i] - zeroPoint) * b[i];
        return sum;
    }
}
