using System.Runtime.CompilerServices;

namespace Graft.Errors;

/// <summary>What is wrong when a condition does not hold: an interpolated string that is put together only then.</summary>
[InterpolatedStringHandler]
internal ref struct Problem
{
    private DefaultInterpolatedStringHandler _text;

    public Problem(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        if (isNeeded) _text = new(literalLength, formattedCount);
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value, string? format = null) => _text.AppendFormatted(value, format);

    public void AppendFormatted(string? value) => _text.AppendFormatted(value);

    public string Text() => _text.ToStringAndClear();
}
