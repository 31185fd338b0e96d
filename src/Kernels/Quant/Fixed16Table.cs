namespace Graft.Kernels.Quant;

/// <summary>Every value of a function of one 16-bit number, made on first use: 128 KB each, shared by all models.</summary>
internal static class Fixed16Table
{
    private const int TanhFormats = 7;

    private static readonly Lazy<short[]> LogisticOfThreeBits = new(() => Build(x => Fixed16.Logistic(x, 3)));

    private static readonly Lazy<short[]>[] TanhOf =
        [.. Enumerable.Range(0, TanhFormats).Select(bits => new Lazy<short[]>(() => Build(x => Fixed16.Tanh(x, bits))))];

    /// <summary>Logistic of numbers with three integer bits, at index raw + 32768.</summary>
    public static short[] Logistic3 => LogisticOfThreeBits.Value;

    /// <summary>Tanh of numbers with 0 to 6 integer bits, at index raw + 32768.</summary>
    public static short[] Tanh(int integerBits) => TanhOf[integerBits].Value;

    /// <summary>Replaces every element by the table's value.</summary>
    public static void Apply(ReadOnlySpan<short> table, Span<short> values)
    {
        foreach (ref short x in values) x = table[x - short.MinValue];
    }

    private static short[] Build(Func<short, short> function)
    {
        var table = new short[1 << 16];
        for (int i = 0; i < table.Length; i++) table[i] = function((short)(i + short.MinValue));
        return table;
    }
}
