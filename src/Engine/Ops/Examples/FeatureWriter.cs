using System.Runtime.InteropServices;
using Graft.Runtime;

namespace Graft.Ops.Examples;

/// <summary>Writes the values of features to a tensor of their type, one after the other.</summary>
internal ref struct FeatureWriter
{
    private readonly DType _type;
    private readonly Span<byte> _target;
    private StringBufferWriter _texts;
    private int _at;

    /// <param name="count">Elements that the tensor has; its memory is laid out for them.</param>
    public FeatureWriter(in RunContext c, Operand target, DType type, int count)
    {
        _type = type;
        _target = c.Write<byte>(target);
        if (type == DType.String) _texts = new(_target, count);
    }

    public void Add(Feature feature)
    {
        var values = feature.GetValues();
        while (values.MoveNext())
        {
            if (_type == DType.String) _texts.Add(values.Text);
            else if (_type == DType.Float32) Numbers<float>()[_at++] = values.Single;
            else Numbers<long>()[_at++] = values.Integer;
        }
    }

    /// <summary>The first elements of another tensor of the same type.</summary>
    public void AddTensor(ReadOnlySpan<byte> source, int count)
    {
        if (_type == DType.String)
        {
            for (int i = 0; i < count; i++) _texts.Add(new StringBuffer(source)[i]);
            return;
        }
        int width = _type.Bits() / 8;
        source[..(count * width)].CopyTo(_target[(_at * width)..]);
        _at += count;
    }

    private readonly Span<T> Numbers<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(_target);
}
