using System.Runtime.InteropServices;
using Graft.Adapters.Form;
using Graft.Kernels.Elementwise;
using Graft.Safetensors;

namespace Graft.Adapters.Peft;

/// <summary>
/// The tensors of an adapter by module and parameter. Each must be taken exactly once; what is left over at the end is an error, so that
/// nothing of an adapter is silently without effect.
/// </summary>
internal sealed class AdapterTensors : IDisposable
{
    /// <summary>What PEFT puts before the base's own module paths.</summary>
    public const string Prefix = "base_model.model.";

    /// <summary>More than this many tensors no adapter has.</summary>
    private const int CountMax = 65_536;

    /// <summary>Longest name, in characters; module paths in use have some hundred.</summary>
    private const int NameMax = 512;

    private readonly SortedDictionary<string, SafetensorsTensor> _tensors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly SafetensorsFile _file;

    /// <param name="path">The file, for messages.</param>
    /// <param name="file">Its content.</param>
    /// <param name="prefix">What stands before the base's own module paths.</param>
    /// <param name="mapping">Other names for the tensors, or null.</param>
    public AdapterTensors(string path, SafetensorsFile file, string prefix = Prefix, KeyMapping? mapping = null)
    {
        (_path, _file, ModulePrefix) = (path, file, prefix);
        if (file.Tensors.Count > CountMax) throw new AdapterException($"{path}: {file.Tensors.Count} tensors exceed the limit of {CountMax}");
        foreach (var tensor in file.Tensors)
        {
            if (tensor.Name.Length > NameMax) throw new AdapterException($"{path}: a name of {tensor.Name.Length} characters exceeds the limit of {NameMax}: \"{tensor.Name[..40]}...\"");
            string name = mapping is null ? tensor.Name : mapping.Apply(tensor.Name);
            if (!_tensors.TryAdd(name, tensor)) throw new AdapterException($"{path}: the key mapping gives two tensors the name \"{name}\"");
            ByteCount += tensor.ByteCount;
        }
    }

    /// <summary>Opens a file, until it is disposed.</summary>
    /// <exception cref="AdapterException">The file is missing or no safetensors file; where a pickle is there instead, the message says so.</exception>
    public static AdapterTensors Open(string path, string prefix = Prefix, KeyMapping? mapping = null)
    {
        if (!File.Exists(path))
        {
            string? pickle = Directory.EnumerateFiles(Path.GetDirectoryName(path)!).FirstOrDefault(f => Path.GetExtension(f) is ".bin" or ".pt" or ".pth" or ".ckpt");
            throw new AdapterException(pickle is null ? $"{path}: there is no such file"
                : $"{pickle}: pickle files can run code when they are read and are refused; save the adapter as {Path.GetFileName(path)} (safe_serialization=True)");
        }
        try
        {
            return new(path, SafetensorsFile.OpenTensors(path), prefix, mapping);
        }
        catch (SafetensorsException e)
        {
            throw new AdapterException(e.Message, e);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    public long ByteCount { get; }

    /// <summary>What stands before the base's own module paths.</summary>
    public string ModulePrefix { get; }

    public int Count => _tensors.Count;

    public IEnumerable<string> Names => _tensors.Keys;

    /// <summary>Module paths that have this parameter, in order; the path lacks the prefix.</summary>
    public string[] Modules(string parameter)
    {
        string end = "." + parameter;
        return [.. _tensors.Keys.Where(k => k.StartsWith(ModulePrefix, StringComparison.Ordinal) && k.EndsWith(end, StringComparison.Ordinal)
            && k.Length > ModulePrefix.Length + end.Length).Select(k => k[ModulePrefix.Length..^end.Length])];
    }

    /// <summary>Module paths that have any of these parameters, in order.</summary>
    public string[] Modules(params ReadOnlySpan<string> parameters)
    {
        var modules = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string parameter in parameters) modules.UnionWith(Modules(parameter));
        return [.. modules];
    }

    public bool Has(string module, string parameter) => _tensors.ContainsKey(Key(module, parameter));

    /// <summary>The dimensions of a parameter that is there.</summary>
    public int[] Shape(string module, string parameter) => Dimensions(Find(Key(module, parameter)));

    /// <summary>Takes a parameter of a module as floats; its shape must have this many dimensions (-1: any).</summary>
    /// <exception cref="AdapterException">It is missing, of another rank or type, or holds a NaN or an infinity.</exception>
    public AdapterTensor Take(string module, string parameter, int rank = -1) => TakeKey(Key(module, parameter), rank);

    /// <summary>Takes a parameter when it is there.</summary>
    public AdapterTensor? TryTake(string module, string parameter, int rank = -1) => Has(module, parameter) ? Take(module, parameter, rank) : null;

    /// <summary>Takes a tensor by its whole name.</summary>
    public AdapterTensor TakeKey(string key, int rank = -1)
    {
        var tensor = Find(key);
        int[] dimensions = Dimensions(tensor);
        if (rank >= 0 && dimensions.Length != rank) throw new AdapterException($"{_path}: {tensor} must have {rank} dimensions");
        float[] values;
        try
        {
            values = Floats(tensor);
        }
        catch (SafetensorsException e)
        {
            throw new AdapterException($"{_path}: {e.Message}", e);
        }
        var taken = new AdapterTensor(tensor.Name, dimensions, values);
        if (taken.FirstNotFinite() is { } bad) throw new AdapterException($"{_path}: {tensor} holds {bad}; an adapter must be finite");
        _taken.Add(key);
        return taken;
    }

    /// <summary>Takes an integer tensor by its whole name.</summary>
    public long[] TakeIntegers(string key)
    {
        var tensor = Find(key);
        _taken.Add(key);
        return tensor.Type switch
        {
            SafetensorsDType.I64 => MemoryMarshal.Cast<byte, long>(tensor.Bytes).ToArray(),
            SafetensorsDType.I32 => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(tensor.Bytes).ToArray(), v => (long)v),
            SafetensorsDType.U8 => Array.ConvertAll(tensor.Bytes.ToArray(), v => (long)v),
            _ => throw new AdapterException($"{_path}: {tensor} must hold integers"),
        };
    }

    public bool HasKey(string key) => _tensors.ContainsKey(key);

    /// <summary>Names that nobody took.</summary>
    public string[] Left() => [.. _tensors.Keys.Where(k => !_taken.Contains(k))];

    /// <summary>Refuses tensors that nobody took.</summary>
    public void CheckAllTaken(string method)
    {
        string[] left = Left();
        if (left.Length == 0) return;
        string names = string.Join(", ", left.Take(4).Select(k => $"\"{k}\""));
        throw new AdapterException($"{_path}: {left.Length} of {_tensors.Count} tensors have no meaning for {method} as configured: {names}{(left.Length > 4 ? ", ..." : "")}");
    }

    public string Key(string module, string parameter) => $"{ModulePrefix}{module}.{parameter}";

    private SafetensorsTensor Find(string key) => _tensors.TryGetValue(key, out var tensor) ? tensor : throw new AdapterException($"{_path}: tensor \"{key}\" is missing");

    private int[] Dimensions(SafetensorsTensor tensor)
    {
        var dimensions = new int[tensor.Shape.Length];
        for (int i = 0; i < dimensions.Length; i++)
        {
            dimensions[i] = tensor.Shape[i] <= int.MaxValue ? (int)tensor.Shape[i] : throw new AdapterException($"{_path}: {tensor} is too large");
        }
        return dimensions;
    }

    private float[] Floats(SafetensorsTensor tensor) => tensor.Type switch
    {
        SafetensorsDType.F32 => FloatBytes.Single(tensor),
        SafetensorsDType.F16 => FloatBytes.Half(tensor.Bytes),
        SafetensorsDType.BF16 => FloatBytes.Brain(tensor.Bytes),
        SafetensorsDType.F64 => FloatBytes.Double(tensor.Bytes),
        _ => throw new AdapterException($"{_path}: {tensor}: element type {tensor.Type.Name()} is not supported here (supported: F32, F16, BF16, F64)"),
    };
}

/// <summary>A parameter of an adapter in float32.</summary>
internal sealed record AdapterTensor(string Name, int[] Shape, float[] Values)
{
    /// <summary>The tensor as a matrix: leading dimension by the product of the others.</summary>
    public Matrix AsMatrix() => Shape.Length == 0 ? new(1, 1, Values) : new(Shape[0], Shape[0] == 0 ? Shape.Skip(1).Aggregate(1, (a, b) => a * b) : Values.Length / Shape[0], Values);

    /// <summary>The first NaN or infinity, or null.</summary>
    public float? FirstNotFinite()
    {
        int at = Finite.IndexOfOther(Values);
        return at < 0 ? null : Values[at];
    }

    /// <summary>A matrix with rows for columns.</summary>
    public AdapterTensor Transposed() => this with { Shape = [Shape[1], Shape[0]], Values = AsMatrix().Transposed().Values };

    public override string ToString() => $"\"{Name}\" [{string.Join(",", Shape)}]";
}
