using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using FlatTable = Google.FlatBuffers.Table;

namespace Graft.Schema.Tests;

/// <summary>Collects where two readings of a model differ.</summary>
internal sealed class Differences
{
    private readonly FieldPath _path = new();
    private readonly List<string> _found = [];

    /// <summary>How many fields were compared, so that a test can tell that it compared any.</summary>
    public long Compared { get; private set; }

    public IReadOnlyList<string> Found => _found;

    /// <summary>Compares a file read by Google.FlatBuffers with another (or the same) read through the views.</summary>
    public static Differences Between(byte[] theirs, byte[] ours)
    {
        Differences differences = new();
        Comparison.Model(differences, FlatReader.Root(theirs), ModelView.Root(ours));
        return differences;
    }

    public void Enter(string name, int index = -1) => _path.Enter(name, index);

    public void Leave() => _path.Leave();

    public void Scalar<T>(string name, T theirs, T ours) where T : unmanaged
    {
        Compared++;
        ReadOnlySpan<byte> left = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in theirs));
        if (!left.SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in ours))))
            Add(name, $"{theirs} and {ours}");
    }

    public void Vector<T>(string name, FlatTable? theirs, int slot, bool present, ReadOnlySpan<T> ours)
        where T : unmanaged
    {
        Compared++;
        ArraySegment<byte>? expected = FlatReader.Vector(theirs, slot, Unsafe.SizeOf<T>());
        if (expected.HasValue != present || !MemoryMarshal.AsBytes(ours).SequenceEqual(expected.GetValueOrDefault()))
            Add(name, $"vectors of {expected?.Count} and {ours.Length * Unsafe.SizeOf<T>()} bytes differ");
    }

    public void Text(string name, FlatTable? theirs, int slot, bool present, ReadOnlySpan<byte> utf8, string text)
    {
        Vector(name, theirs, slot, present, utf8);
        string? expected = FlatReader.Text(theirs, slot);
        if ((expected ?? "") != text || Encoding.UTF8.GetString(utf8) != text)
            Add(name, $"'{expected}' and '{text}'");
    }

    public int Count(string name, FlatTable? theirs, int slot, bool present, int ours)
    {
        Compared++;
        int? expected = FlatReader.Vector(theirs, slot, 4)?.Count / 4;
        if (expected.HasValue != present || (expected ?? 0) != ours)
            Add(name, $"{expected} and {ours} elements");
        return Math.Min(expected ?? 0, ours);
    }

    private void Add(string name, string what) => _found.Add($"{_path}.{name}: {what}");
}
