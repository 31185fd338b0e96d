using Graft.Runtime;

namespace Graft.Ops.Examples;

/// <summary>A named list of values in a tf.train.Example: texts, floats or integers.</summary>
internal readonly ref struct Feature(DType type, ReadOnlySpan<byte> list)
{
    private const int FeaturesField = 1, EntryField = 1, KeyField = 1, ValueField = 2, ListField = 1;

    private readonly ReadOnlySpan<byte> _list = list;

    /// <summary>False when the example has no such feature, or it has no kind.</summary>
    public bool IsPresent { get; } = true;

    public DType Type { get; } = type;

    /// <summary>Finds a feature of a serialised example; where a name is repeated, the last counts.</summary>
    public static Feature Find(ReadOnlySpan<byte> example, ReadOnlySpan<byte> name)
    {
        var found = default(Feature);
        var reader = new WireReader(example);
        while (reader.Next())
        {
            if (!IsMessage(reader, FeaturesField)) reader.Skip();
            else
            {
                var entries = new WireReader(reader.Bytes());
                while (entries.Next())
                {
                    if (!IsMessage(entries, EntryField)) entries.Skip();
                    else if (Entry(entries.Bytes(), name, out var feature)) found = feature;
                }
            }
        }
        return found;
    }

    public int Count
    {
        get
        {
            int count = 0;
            var values = new Values(this);
            while (values.MoveNext()) count++;
            return count;
        }
    }

    /// <summary>The bytes of all texts; 0 for numbers.</summary>
    public long CharacterCount
    {
        get
        {
            long count = 0;
            var values = new Values(this);
            while (values.MoveNext()) count += values.Text.Length;
            return count;
        }
    }

    /// <summary>The values one after the other.</summary>
    public Values GetValues() => new(this);

    private static bool IsMessage(in WireReader reader, int field) => reader.Field == field && reader.WireType == WireReader.BytesType;

    private static bool Entry(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name, out Feature feature)
    {
        ReadOnlySpan<byte> key = default, value = default;
        var reader = new WireReader(entry);
        while (reader.Next())
        {
            if (IsMessage(reader, KeyField)) key = reader.Bytes();
            else if (IsMessage(reader, ValueField)) value = reader.Bytes();
            else reader.Skip();
        }
        feature = default;
        if (!key.SequenceEqual(name)) return false;
        var kinds = new WireReader(value);
        while (kinds.Next())
        {
            if (kinds.WireType == WireReader.BytesType && TypeOf(kinds.Field) is { } type) feature = new(type, kinds.Bytes());
            else kinds.Skip();
        }
        return true;
    }

    private static DType? TypeOf(int kind) => kind switch
    {
        1 => DType.String,
        2 => DType.Float32,
        3 => DType.Int64,
        _ => null,
    };

    /// <summary>Reads the values of a list; numbers may be packed into one field or have a field each.</summary>
    internal ref struct Values(Feature feature)
    {
        private readonly bool _isText = feature.Type == DType.String;
        private readonly bool _isFloat = feature.Type == DType.Float32;
        private WireReader _fields = new(feature._list);
        private WireReader _packed = default;

        /// <summary>The present value, of the list's type.</summary>
        public ReadOnlySpan<byte> Text { get; private set; }

        public float Single { get; private set; }

        public long Integer { get; private set; }

        public bool MoveNext()
        {
            while (_packed.IsAtEnd)
            {
                if (!_fields.Next()) return false;
                bool isBytes = _fields.WireType == WireReader.BytesType;
                int single = _isFloat ? WireReader.Fixed32Type : WireReader.VarintType;
                if (_fields.Field != ListField || (!isBytes && (_isText || _fields.WireType != single))) _fields.Skip();
                else if (_isText) return Take(_fields.Bytes());
                else if (isBytes) _packed = new(_fields.Bytes());
                else return Number(ref _fields);
            }
            return Number(ref _packed);
        }

        private bool Take(ReadOnlySpan<byte> text)
        {
            Text = text;
            return true;
        }

        private bool Number(ref WireReader reader)
        {
            if (_isFloat) Single = reader.Single();
            else Integer = (long)reader.Varint();
            return true;
        }
    }
}
