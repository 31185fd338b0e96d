using System.Runtime.InteropServices;
using Graft.Conformance.Reading;
using Graft.Safetensors;

namespace Graft.Conformance.Tests;

/// <summary>Makes goldens for tests, through the file format.</summary>
internal sealed class GoldenBuilder
{
    private readonly SafetensorsWriter _writer = new();

    public GoldenBuilder() => _writer.Metadata["reference"] = "test BUILTIN_REF";

    public GoldenBuilder Meta(string key, string value)
    {
        _writer.Metadata[key] = value;
        return this;
    }

    public GoldenBuilder Add<T>(string name, SafetensorsDType type, T[] values, params int[] shape) where T : unmanaged
    {
        byte[] bytes = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        _writer.Add(name, type, shape.Length > 0 ? shape : [values.Length], bytes);
        return this;
    }

    public GoldenBuilder Floats(string name, params float[] values) => Add(name, SafetensorsDType.F32, values);

    public Golden Build() => GoldenReader.Read(SafetensorsFile.Parse(_writer.ToBytes()));

    public void Save(string path) => _writer.Save(path);
}
