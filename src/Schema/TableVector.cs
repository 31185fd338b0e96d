namespace Graft.Schema;

/// <summary>A vector of tables, viewed as <typeparamref name="TView"/>. An absent vector has no elements.</summary>
internal readonly ref struct TableVector<TView> where TView : ITableView<TView>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _elements;

    public TableVector(ReadOnlySpan<byte> bytes, int elements, int count)
    {
        _bytes = bytes;
        _elements = elements;
        Count = count;
    }

    public int Count { get; }

    public bool IsPresent => _elements != 0;

    public TView this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return TView.Wrap(Table.Follow(_bytes, _elements + (4 * index)));
        }
    }

    public Enumerator GetEnumerator() => new(this);

    public ref struct Enumerator
    {
        private readonly TableVector<TView> _vector;
        private int _index;

        public Enumerator(TableVector<TView> vector)
        {
            _vector = vector;
            _index = -1;
        }

        public readonly TView Current => _vector[_index];

        public bool MoveNext() => ++_index < _vector.Count;
    }
}
