using System.Collections.Concurrent;
using Graft.Graphs;

namespace Graft.Planning;

/// <summary>
/// Rearranged constants of a model, keyed by where the bytes are and by layout: made on first use, shared by all plans and interpreters.
/// </summary>
internal sealed class PackedWeights
{
    private readonly ConcurrentDictionary<(nint Address, long ByteCount, string Layout), Lazy<object>> _entries = new();

    public T Get<T>(ConstantData data, string layout, Func<ConstantData, T> pack) where T : class =>
        (T)_entries.GetOrAdd((data.Address, data.ByteCount, layout), _ => new Lazy<object>(() => pack(data))).Value;
}
