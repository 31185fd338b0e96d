using System.Runtime.InteropServices;
using System.Text;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>
/// Builds a small model, tensor by tensor. Methods that make a tensor return its index; everything goes to the present subgraph, the
/// last one begun. <see cref="Record"/> is the model for changes that the methods do not offer.
/// </summary>
internal sealed class ModelBuilder
{
    public ModelBuilder(string description = "test") =>
        Record = new() { Description = description, OperatorCodes = [], Buffers = [new()], Subgraphs = [], SignatureDefs = [] };

    public ModelRecord Record { get; }

    private SubGraphRecord Present
    {
        get
        {
            if (Record.Subgraphs!.Count == 0) Subgraph("main");
            return Record.Subgraphs[^1];
        }
    }

    /// <summary>Begins a subgraph; returns its index.</summary>
    public int Subgraph(string name)
    {
        Record.Subgraphs!.Add(new() { Name = name, Tensors = [], Inputs = [], Outputs = [], Operators = [] });
        return Record.Subgraphs.Count - 1;
    }

    public int Tensor(string name, DType type, params int[] shape)
    {
        Present.Tensors!.Add(new() { Name = name, Type = (TensorType)type, Shape = shape, HasRank = true });
        return Present.Tensors.Count - 1;
    }

    public TensorRecord TensorAt(int tensor) => Present.Tensors![tensor];

    public OperatorRecord LastOperator => Present.Operators![^1];

    public int Input(string name, DType type, params int[] shape)
    {
        int tensor = Tensor(name, type, shape);
        Present.Inputs = [.. Present.Inputs!, tensor];
        return tensor;
    }

    public int Variable(string name, DType type, params int[] shape)
    {
        int tensor = Tensor(name, type, shape);
        TensorAt(tensor).IsVariable = true;
        return tensor;
    }

    public int Constant<T>(string name, DType type, T[] values, params int[] shape) where T : unmanaged
    {
        int tensor = Tensor(name, type, shape);
        TensorAt(tensor).Buffer = Buffer(MemoryMarshal.AsBytes<T>(values).ToArray());
        return tensor;
    }

    public int Constant(string name, float[] values, params int[] shape) => Constant(name, DType.Float32, values, shape);

    public int Constant(string name, int[] values, params int[] shape) => Constant(name, DType.Int32, values, shape);

    public int Constant(string name, string[] values, params int[] shape) =>
        Constant(name, DType.String, StringBuffer.Pack([.. values.Select(Encoding.UTF8.GetBytes)]), shape);

    /// <summary>Adds a buffer; returns its index.</summary>
    public uint Buffer(byte[] data)
    {
        Record.Buffers!.Add(new() { Data = data });
        return (uint)Record.Buffers.Count - 1;
    }

    public ModelBuilder Quantize(int tensor, float scale, long zeroPoint = 0)
    {
        TensorAt(tensor).Quantization = new() { Scale = [scale], ZeroPoint = [zeroPoint] };
        return this;
    }

    /// <summary>Declares outputs of the present subgraph.</summary>
    public ModelBuilder Output(params int[] tensors)
    {
        Present.Outputs = [.. Present.Outputs!, .. tensors];
        return this;
    }

    public ModelBuilder Operator(BuiltinOperator code, int[] inputs, int[] outputs, IBuiltinOptionsRecord? options = null, int version = 1)
    {
        int index = Record.OperatorCodes!.FindIndex(c => c.BuiltinCode == code && c.Version == version);
        if (index < 0) Record.OperatorCodes.Add(OperatorCodeRecord.Builtin(code, version));
        return Add(index, inputs, outputs, options, null);
    }

    /// <summary>An operator whose options are in the second union.</summary>
    public ModelBuilder Operator(BuiltinOperator code, int[] inputs, int[] outputs, IBuiltinOptions2Record options)
    {
        Operator(code, inputs, outputs);
        LastOperator.BuiltinOptions2 = options;
        return this;
    }

    public ModelBuilder Custom(string name, int[] inputs, int[] outputs, byte[]? options = null)
    {
        int index = Record.OperatorCodes!.FindIndex(c => c.CustomCode == name);
        if (index < 0) Record.OperatorCodes.Add(OperatorCodeRecord.Custom(name));
        return Add(index, inputs, outputs, null, options);
    }

    /// <summary>A custom operator with one output, whose index is returned.</summary>
    public int Custom(string name, int[] inputs, string output, DType type, params int[] shape)
    {
        int tensor = Tensor(output, type, shape);
        Custom(name, inputs, [tensor]);
        return tensor;
    }

    /// <summary>RESHAPE to a constant shape, -1 for what remains; returns the output.</summary>
    public int Reshape(int input, string output, params int[] shape)
    {
        int tensor = Tensor(output, (DType)TensorAt(input).Type, [.. shape.Select(d => Math.Max(d, 1))]);
        TensorAt(tensor).ShapeSignature = shape;
        Operator(BuiltinOperator.Reshape, [input, Constant(output + "/shape", shape, shape.Length)], [tensor]);
        return tensor;
    }

    /// <summary>FULLY_CONNECTED of float tensors; returns the output.</summary>
    public int FullyConnected(int input, int weights, int bias, string output, params int[] shape)
    {
        int tensor = Tensor(output, DType.Float32, shape);
        Operator(BuiltinOperator.FullyConnected, [input, weights, bias], [tensor], new FullyConnectedOptionsRecord());
        return tensor;
    }

    /// <summary>A signature of the present subgraph.</summary>
    public ModelBuilder Signature(string key, (string Name, int Tensor)[] inputs, (string Name, int Tensor)[] outputs)
    {
        Record.SignatureDefs!.Add(new()
        {
            SignatureKey = key,
            SubgraphIndex = (uint)Record.Subgraphs!.Count - 1,
            Inputs = [.. inputs.Select(Map)],
            Outputs = [.. outputs.Select(Map)],
        });
        return this;
    }

    public byte[] ToBytes() => Record.ToBytes();

    public Model Load(params CustomOperator[] operators) => Model.Load(ToBytes(), new() { CustomOperators = operators });

    private static TensorMapRecord Map((string Name, int Tensor) entry) => new() { Name = entry.Name, TensorIndex = (uint)entry.Tensor };

    private ModelBuilder Add(int code, int[] inputs, int[] outputs, IBuiltinOptionsRecord? options, byte[]? customOptions)
    {
        Present.Operators!.Add(new()
        {
            OpcodeIndex = (uint)(code < 0 ? Record.OperatorCodes!.Count - 1 : code),
            Inputs = inputs,
            Outputs = outputs,
            BuiltinOptions = options,
            CustomOptions = customOptions,
        });
        return this;
    }
}
