namespace Graft.Kernels.Strings;

/// <summary>Splitting text at white space.</summary>
internal static class Words
{
    /// <summary>
    /// Fills <paramref name="words"/> with the ranges between ASCII white space and returns their number; counts only when it is empty.
    /// White space at the very start belongs to the first word, as in the reference.
    /// </summary>
    public static int Split(ReadOnlySpan<byte> text, Span<Range> words)
    {
        int count = 0, start = 0;
        for (int i = 1; i <= text.Length; i++)
        {
            bool isEnd = i == text.Length;
            if (!isEnd && !IsSpace(text[i])) continue;
            if (start < i && (isEnd || !IsSpace(text[start])))
            {
                if (!words.IsEmpty) words[count] = start..i;
                count++;
            }
            start = i + 1;
        }
        return count;
    }

    private static bool IsSpace(byte character) => character is (byte)' ' or >= (byte)'\t' and <= (byte)'\r';
}
