namespace Graft.Runtime;

/// <summary>The resource variables and hash tables of an interpreter, shared by all its subgraphs and signatures.</summary>
internal sealed class Resources : IDisposable
{
    private readonly Dictionary<(Type Kind, string Container, string Name), int> _ids = [];
    private readonly List<object> _objects = [];
    private readonly HashSet<int> _called = [];

    /// <summary>The handle of a named resource; made when it is asked for first.</summary>
    public int Handle<T>(string container, string name, Func<T> make) where T : class
    {
        if (_ids.TryGetValue((typeof(T), container, name), out int id)) return id;
        _ids[(typeof(T), container, name)] = _objects.Count;
        _objects.Add(make());
        return _objects.Count - 1;
    }

    public T Get<T>(int handle) where T : class
    {
        if ((uint)handle >= (uint)_objects.Count || _objects[handle] is not T found)
        {
            throw new StepFault($"resource handle {handle} names no {typeof(T).Name.ToLowerInvariant()}");
        }
        return found;
    }

    /// <summary>True the first time that a CALL_ONCE subgraph is asked for; <see cref="Forget"/> takes that back.</summary>
    public bool Once(int subgraph) => _called.Add(subgraph);

    public void Forget(int subgraph) => _called.Remove(subgraph);

    public void Dispose()
    {
        foreach (var resource in _objects) (resource as IDisposable)?.Dispose();
    }
}
