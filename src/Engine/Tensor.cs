using System.Runtime.InteropServices;
using System.Text;
using Graft.Errors;
using Graft.Graphs;
using Graft.Runtime;

namespace Graft;

/// <summary>
/// An input or output of an interpreter. Its memory belongs to the interpreter: a span is valid until the next Invoke, resize or
/// disposal, so take a new one each time.
/// </summary>
public sealed class Tensor
{
    private readonly Interpreter _interpreter;
    private readonly Frame _frame;
    private readonly TensorInfo _info;

    internal Tensor(Interpreter interpreter, Frame frame, int index, string? name = null)
    {
        _interpreter = interpreter;
        _frame = frame;
        _info = frame.Subgraph.Tensors[index];
        Index = index;
        Name = name ?? _info.Name;
    }

    /// <summary>The tensor's name, or the signature's name for it.</summary>
    public string Name { get; }

    /// <summary>Index of the tensor in its subgraph.</summary>
    public int Index { get; }

    public DType Type => _info.Type;

    /// <summary>Scale and zero point; null when the tensor is not quantised.</summary>
    public Quantization? Quantization => _info.Quantization;

    /// <summary>The present shape. An output that depends on values has it after Invoke.</summary>
    public Shape Shape
    {
        get
        {
            _interpreter.Ready(_frame);
            return _frame.Tensors[Index].IsShapeKnown ? _frame.Tensors[Index].Shape : _info.Shape;
        }
    }

    /// <summary>The shape that the file declares.</summary>
    internal Shape DeclaredShape => _info.Shape;

    /// <summary>The raw bytes: little-endian elements, packed where the type is narrower than a byte, a string buffer for strings.</summary>
    public Span<byte> Bytes
    {
        get
        {
            _interpreter.Ready(_frame);
            return _frame.Writable(Index);
        }
    }

    /// <summary>The elements. <typeparamref name="T"/> is the .NET type of <see cref="Type"/>, such as float, sbyte or int.</summary>
    /// <exception cref="ArgumentException">The tensor holds another type.</exception>
    public Span<T> Span<T>() where T : unmanaged
    {
        if (!Type.Stores<T>()) Throw.WrongElementType(Name, Type, typeof(T));
        return MemoryMarshal.Cast<byte, T>(Bytes);
    }

    /// <summary>The strings of a string tensor, decoded from UTF-8.</summary>
    public string[] Strings()
    {
        if (Type != DType.String) Throw.WrongElementType(Name, Type, typeof(string));
        var buffer = new StringBuffer(Bytes);
        var strings = new string[buffer.Count];
        for (int i = 0; i < strings.Length; i++) strings[i] = Encoding.UTF8.GetString(buffer[i]);
        return strings;
    }

    /// <summary>Sets the strings of an input; their number must fit its shape (see <see cref="Interpreter.ResizeInputTensor"/>).</summary>
    public void SetStrings(params IReadOnlyList<string> strings) => SetStringBuffer(StringBuffer.Pack([.. strings.Select(Encoding.UTF8.GetBytes)]));

    /// <summary>Sets the strings of an input from a TFLite string buffer.</summary>
    /// <exception cref="ArgumentException">The buffer is malformed, or its count does not fit the shape.</exception>
    public void SetStringBuffer(ReadOnlySpan<byte> buffer)
    {
        if (Type != DType.String) Throw.WrongElementType(Name, Type, typeof(string));
        if (!_frame.Subgraph.Inputs.Contains(Index)) throw new ArgumentException($"tensor \"{Name}\" is no input; only inputs can be set");
        var shape = Shape;
        if (!StringBuffer.IsValid(buffer, shape.ElementCount, out string problem)) throw new ArgumentException($"tensor \"{Name}\" {shape}: {problem}");
        using var use = _interpreter.Use();
        _frame.Resize(Index, shape, buffer.Length);
        buffer.CopyTo(_frame.Writable(Index));
    }

    public override string ToString() => $"\"{Name}\" {Type.Name()}{Shape}";
}
