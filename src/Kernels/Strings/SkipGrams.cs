namespace Graft.Kernels.Strings;

/// <summary>
/// Enumerates groups of word numbers in ascending order: up to <c>size</c> words, or exactly that many, each at most <c>skip</c> words
/// behind the next but one. Longer groups come before the shorter ones that they begin with.
/// </summary>
internal ref struct SkipGrams
{
    private readonly int _words, _size, _skip, _least;
    private readonly Span<int> _stack;
    private int _depth;

    /// <param name="stack">Room for <paramref name="size"/> numbers.</param>
    public SkipGrams(int words, int size, int skip, bool isAll, Span<int> stack)
    {
        (_words, _size, _skip, _least) = (words, size, skip, isAll ? 1 : size);
        _stack = stack;
        _stack.Clear();
        _depth = words < size || size < 1 ? -1 : 1;
    }

    public ReadOnlySpan<int> Current { get; private set; }

    public bool Next()
    {
        while (_depth >= 0)
        {
            if (CanGrow())
            {
                _stack[_depth++]++;
                if (_depth < _size) _stack[_depth] = _stack[_depth - 1];
                continue;
            }
            Current = _stack[.._depth--];
            if (Current.Length >= _least && Current.Length > 0) return true;
        }
        return false;
    }

    private readonly bool CanGrow() => _depth < _size && _stack[_depth] + 1 < _words
        && (_depth == 0 || _stack[_depth] - _stack[_depth - 1] <= _skip);
}
