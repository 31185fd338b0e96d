using System.Text;

namespace Graft.Cli.Generation;

/// <summary>Writes bytes as text as soon as they make characters; what is no UTF-8 becomes U+FFFD.</summary>
internal sealed class Utf8Stream(TextWriter output)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    public void Write(byte value) => Write([value], flush: false);

    /// <summary>Ends the text: a sequence that was begun and not finished is written as U+FFFD.</summary>
    public void End() => Write([], flush: true);

    private void Write(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> chars = stackalloc char[8];
        int count = _decoder.GetChars(bytes, chars, flush);
        if (count == 0) return;
        output.Write(chars[..count]);
        output.Flush();
    }
}
