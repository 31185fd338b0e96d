using System.Text;

namespace Graft.Conformance.Comparing;

/// <summary>Strings: the same bytes, each.</summary>
internal static class TextComparison
{
    public static Verdict Compare(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, Shape shape)
    {
        if (!StringBuffer.IsValid(expected, -1, out string problem))
            return Verdict.Fail($"the golden's string buffer is malformed: {problem}");
        if (!StringBuffer.IsValid(actual, shape.ElementCount, out problem))
            return Verdict.Fail($"malformed string buffer: {problem}");
        var wanted = new StringBuffer(expected);
        var got = new StringBuffer(actual);
        if (wanted.Count != got.Count) return Verdict.Fail($"{got.Count} strings, expected {wanted.Count}");
        for (int i = 0; i < wanted.Count; i++)
        {
            if (wanted[i].SequenceEqual(got[i])) continue;
            return Verdict.Fail($"string {Positions.Of(shape, i)} is {Quote(got[i])}, expected {Quote(wanted[i])}");
        }
        return Verdict.Exact;
    }

    private static string Quote(ReadOnlySpan<byte> text) =>
        text.Length <= 60 ? $"\"{Encoding.UTF8.GetString(text)}\""
            : $"\"{Encoding.UTF8.GetString(text[..60])}\"... ({text.Length} bytes)";
}
