namespace Graft.Runtime;

/// <summary>A lookup table of an interpreter: filled once, then only read. Keys and values are kept as bytes.</summary>
internal sealed class HashTable(DType keys, DType values)
{
    private readonly Dictionary<byte[], byte[]> _entries = new(ByteKeys.Instance);
    private bool _isFilled;

    public long Count => _entries.Count;

    /// <summary>Fills the table; the first of equal keys counts. Does nothing when it has been filled before.</summary>
    public void Import(DType keyType, ReadOnlySpan<byte> keyBytes, DType valueType, ReadOnlySpan<byte> valueBytes)
    {
        CheckTypes(keyType, valueType);
        if (_isFilled) return;
        var from = new Elements(keyType, keyBytes);
        var to = new Elements(valueType, valueBytes);
        if (from.Count != to.Count) StepFault.Raise($"there are {from.Count} keys and {to.Count} values");
        for (int i = 0; i < from.Count; i++) _entries.TryAdd(from[i].ToArray(), to[i].ToArray());
        _isFilled = true;
    }

    /// <summary>Fails when the table cannot be asked for these types, or has not been filled.</summary>
    public void CheckReady(DType keyType, DType valueType)
    {
        CheckTypes(keyType, valueType);
        if (!_isFilled) StepFault.Raise("the table is used before it is filled");
    }

    /// <summary>The value of a key, or <paramref name="otherwise"/>.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> key, ReadOnlySpan<byte> otherwise) =>
        _entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var value) ? value : otherwise;

    private void CheckTypes(DType keyType, DType valueType)
    {
        if (keyType == keys && valueType == values) return;
        StepFault.Raise($"the table maps {keys.Name()} to {values.Name()}, not {keyType.Name()} to {valueType.Name()}");
    }

    private sealed class ByteKeys : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByteKeys Instance = new();

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            HashCode hash = default;
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
