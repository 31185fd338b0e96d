using Graft.Schema;

namespace Graft.Tests;

public sealed class LoadErrorTests
{
    [Fact]
    public void Everything_unsupported_is_listed_at_once()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 2), text = b.Input("text", DType.String, 2), y = b.Tensor("y", DType.Float32, 2);
        int z = b.Custom("Unknown", [x], "z", DType.Float32, 2);
        b.Operator(BuiltinOperator.Relu, [z], [y], version: 99);
        int u = b.Tensor("u", DType.String, 2), v = b.Tensor("v", DType.Float32, 2);
        b.Operator(BuiltinOperator.Relu, [text], [u]);
        b.Operator(BuiltinOperator.Delegate, [x], [v]);
        int w = b.Custom("Increment", [x], "w", DType.Float32, 2);
        var e = Assert.Throws<UnsupportedModelException>(() => b.Output(y, u, v, w).Load(TestOperators.Increment));
        Assert.Equal(4, e.Problems.Length);
        Assert.StartsWith("node 0 Unknown \"z\": ", e.Problems[0]);
        Assert.Matches("node 1 RELU \"y\": version 99 is not supported \\(supported: 1 to \\d+\\)", e.Problems[1]);
        Assert.Matches("node 2 RELU \"u\": types str -> str are not supported \\(supported: .+\\)", e.Problems[2]);
        Assert.StartsWith("node 3 DELEGATE \"v\": ", e.Problems[3]);
        foreach (string problem in e.Problems) Assert.Contains(problem, e.Message);
    }

    public static TheoryData<string> Names => [.. Breaks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_malformed_model_is_refused_with_the_field(string name)
    {
        var (change, field, reason) = Breaks[name];
        var b = Valid();
        b.Load().Dispose();
        change(b);
        var e = Assert.Throws<ModelFormatException>(() => b.Load());
        Assert.Equal(field, e.Field);
        Assert.Contains(reason, e.Message);
    }

    private static readonly Dictionary<string, (Action<ModelBuilder> Change, string Field, string Reason)> Breaks = new()
    {
        ["no subgraph"] = (b => b.Record.Subgraphs = [], "subgraphs", "no subgraph"),
        ["tensor index"] = (b => First(b).Operators![0].Inputs![0] = 100, "subgraphs[0].operators[0].inputs[0]", "tensor 100 does not exist; the subgraph has"),
        ["negative tensor index"] = (b => First(b).Operators![0].Inputs![0] = -2, "subgraphs[0].operators[0].inputs[0]", "tensor -2 does not exist"),
        ["output index"] = (b => First(b).Operators![0].Outputs![0] = int.MaxValue, "subgraphs[0].operators[0].outputs[0]", "does not exist"),
        ["intermediate index"] = (b => First(b).Operators![0].Intermediates = [99], "subgraphs[0].operators[0].intermediates[0]", "does not exist"),
        ["absent graph input"] = (b => First(b).Inputs![0] = -1, "subgraphs[0].inputs[0]", "does not exist"),
        ["graph output"] = (b => First(b).Outputs![0] = 77, "subgraphs[0].outputs[0]", "does not exist"),
        ["operator code"] = (b => First(b).Operators![0].OpcodeIndex = 9, "subgraphs[0].operators[0].opcode_index", "operator code 9 does not exist"),
        ["buffer index"] = (b => b.TensorAt(1).Buffer = 50, "subgraphs[0].tensors[1].buffer", "buffer 50 does not exist; the model has"),
        ["buffer beyond the file"] = (b => b.Record.Buffers![1] = new() { Offset = 1L << 40, Size = 16 }, "buffers[1]", "lie outside the file"),
        ["buffer that wraps around"] = (b => b.Record.Buffers![1] = new() { Offset = 100, Size = ulong.MaxValue }, "buffers[1]", "lie outside the file"),
        ["constant too short"] = (b => b.Record.Buffers![1].Data = new byte[12], "subgraphs[0].tensors[1]", "needs 16 bytes of data, the buffer has 12"),
        ["variable with data"] = (b => b.TensorAt(1).IsVariable = true, "subgraphs[0].tensors[1].is_variable", "has a buffer"),
        ["negative dimension"] = (b => b.TensorAt(0).Shape = [-4, 2], "subgraphs[0].tensors[0].shape", "negative dimension"),
        ["too many elements"] = (b => b.TensorAt(0).Shape = [int.MaxValue, int.MaxValue, int.MaxValue], "subgraphs[0].tensors[0].shape", "too many elements"),
        ["rank"] = (b => b.TensorAt(0).Shape = new int[17], "subgraphs[0].tensors[0].shape", "limit of 16"),
        ["type"] = (b => b.TensorAt(0).Type = (TensorType)99, "subgraphs[0].tensors[0]", "type 99 is unknown"),
        ["string constant"] = (b => b.Record.Buffers![3].Data![0] = 200, "subgraphs[0].tensors[3]", "cannot hold 200 strings"),
        ["number of strings"] = (b => b.TensorAt(3).Shape = [5], "subgraphs[0].tensors[3]", "2 strings in the buffer, 5 in the shape"),
        ["scales and axis"] = (b => b.TensorAt(1).Quantization = new() { Scale = [1, 1, 1], ZeroPoint = [0, 0, 0], QuantizedDimension = 1 }, "subgraphs[0].tensors[1].quantization", "3 scales along axis 1 do not fit shape [2,2]"),
        ["quantised axis"] = (b => b.TensorAt(1).Quantization = new() { Scale = [1, 1], ZeroPoint = [0, 0], QuantizedDimension = -1 }, "subgraphs[0].tensors[1].quantization", "axis -1"),
        ["zero points"] = (b => b.TensorAt(1).Quantization = new() { Scale = [1, 1], ZeroPoint = [0, 0, 0] }, "subgraphs[0].tensors[1].quantization.zero_point", "3 zero points for 2 scales"),
        ["block size"] = (b => b.TensorAt(1).Quantization = Blocks(0, 2), "subgraphs[0].tensors[1].quantization.block_size", "0 is not positive"),
        ["block scales"] = (b => b.TensorAt(1).Quantization = Blocks(2, 99), "subgraphs[0].tensors[1].quantization.scales", "tensor 99"),
        ["sparse order"] = (b => b.TensorAt(1).Sparsity = Sparse([0, 0], [2, 2]), "subgraphs[0].tensors[1].sparsity.traversal_order", "repeated"),
        ["sparse rank"] = (b => b.TensorAt(1).Sparsity = Sparse([0], [2]), "subgraphs[0].tensors[1].sparsity", "rank 2 with 0 blocks needs 2"),
        ["sparse segments"] = (b => b.TensorAt(1).Sparsity = Sparse([0, 1], [2], Compressed([0, 3, 2], [0, 1])), "subgraphs[0].tensors[1].sparsity.dim_metadata[1]", "segments must not fall"),
        ["sparse indices"] = (b => b.TensorAt(1).Sparsity = Sparse([0, 1], [2], Compressed([0, 1, 2], [0, -1])), "subgraphs[0].tensors[1].sparsity.dim_metadata[1]", "negative"),
        ["read before written"] = (b => (First(b).Operators![0], First(b).Operators![1]) = (First(b).Operators![1], First(b).Operators![0]), "subgraphs[0].operators[0].inputs", "which nothing before it writes"),
        ["written twice"] = (b => First(b).Operators![1].Outputs = First(b).Operators![0].Outputs, "subgraphs[0].operators[1].outputs", "written before"),
        ["constant written"] = (b => First(b).Operators![0].Outputs![0] = 1, "subgraphs[0].operators[0].outputs", "a constant or an input"),
        ["output never written"] = (b => First(b).Operators!.RemoveAt(1), "subgraphs[0].outputs", "nothing writes it"),
        ["signature's subgraph"] = (b => b.Record.SignatureDefs![0].SubgraphIndex = 7, "signature_defs[0].subgraph_index", "subgraph 7 does not exist"),
        ["signature's tensor"] = (b => b.Record.SignatureDefs![0].Inputs![0].TensorIndex = 70, "signature_defs[0].inputs[0]", "tensor 70 does not exist"),
        ["signature's input"] = (b => b.Record.SignatureDefs![0].Inputs![0].TensorIndex = 1, "signature_defs", "is no input of subgraph 0"),
        ["signature's output"] = (b => b.Record.SignatureDefs![0].Outputs![0].TensorIndex = 1, "signature_defs", "is no output of subgraph 0"),
        ["signature without a key"] = (b => b.Record.SignatureDefs![0].SignatureKey = null, "signature_defs[0].signature_key", "needs a key"),
        ["metadata"] = (b => b.Record.Metadata = [new() { Name = "m", Buffer = 99 }], "metadata[0].buffer", "buffer 99 does not exist"),
        ["large options"] = (b => (First(b).Operators![0].LargeCustomOptionsOffset, First(b).Operators![0].LargeCustomOptionsSize) = (1 << 20, 5), "subgraphs[0].operators[0].large_custom_options_offset", "lie outside the file"),
        ["calls itself"] = (b => Call(b, 0), "subgraphs[0]", "calls itself"),
        ["calls nothing"] = (b => Call(b, 5), "subgraphs[0].operators[2]", "calls subgraph 5; the model has 1"),
        ["calls in a circle"] = (b => Circle(b), "subgraphs[0]", "calls itself"),
        ["options of another operator"] = (b => First(b).Operators![0].BuiltinOptions = new AddOptionsRecord(), "subgraphs[0].operators[0]", "node 0 FULLY_CONNECTED \"y\": Operator.builtin_options at offset"),
        ["external buffer"] = (b => b.TensorAt(1).ExternalBuffer = 3, "subgraphs[0].tensors[1].external_buffer", "external buffer 3 does not exist"),
    };

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Bytes_that_are_no_model_are_refused(int length)
    {
        Assert.Throws<ModelFormatException>(() => Model.Load(new byte[length]));
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[length]);
        Assert.Throws<ModelFormatException>(() => Model.Load(path));
        File.Delete(path);
        Assert.Throws<FileNotFoundException>(() => Model.Load(path));
    }

    [Fact]
    public void A_buffer_longer_than_its_tensor_is_cut()
    {
        var b = Valid();
        b.Record.Buffers![1].Data = [.. b.Record.Buffers[1].Data!, 1, 2, 3, 4];
        using var model = b.Load();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].Span<float>().Fill(1);
        interpreter.Invoke();
        Assert.Equal([13f, 27], interpreter.Outputs[0].Span<float>().ToArray());
    }

    /// <summary>Tensors: 0 x, 1 weights in buffer 1, 2 bias in buffer 2, 3 strings in buffer 3, then the nodes' outputs.</summary>
    private static ModelBuilder Valid()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 2);
        int w = b.Constant("w", [1f, 2, 3, 4], 2, 2), bias = b.Constant("b", [10f, 20], 2);
        b.Constant("s", ["a", "b"], 2);
        int y = b.Reshape(b.FullyConnected(x, w, bias, "y", 1, 2), "z", 2);
        return b.Output(y).Signature("serve", [("x", x)], [("z", y)]);
    }

    private static SubGraphRecord First(ModelBuilder b) => b.Record.Subgraphs![0];

    private static QuantizationParametersRecord Blocks(int size, int scales) =>
        new() { Details = new BlockwiseQuantizationRecord { BlockSize = size, Scales = scales } };

    private static SparsityParametersRecord Sparse(int[] order, int[] dense, params DimensionMetadataRecord[] more) =>
        new() { TraversalOrder = order, DimMetadata = [.. dense.Select(d => new DimensionMetadataRecord { DenseSize = d }), .. more] };

    private static DimensionMetadataRecord Compressed(int[] segments, int[] indices) => new()
    {
        Format = DimensionType.SparseCsr,
        ArraySegments = new Int32VectorRecord { Values = segments },
        ArrayIndices = new Int32VectorRecord { Values = indices },
    };

    private static void Call(ModelBuilder b, int subgraph)
    {
        int condition = b.Constant("condition", DType.Bool, [true]), y = b.Tensor("called", DType.Float32, 2);
        b.Operator(BuiltinOperator.If, [condition, 0], [y], new IfOptionsRecord { ThenSubgraphIndex = subgraph, ElseSubgraphIndex = subgraph });
    }

    private static void Circle(ModelBuilder b)
    {
        Call(b, 1);
        b.Subgraph("other");
        b.Input("x", DType.Float32, 1, 2);
        Call(b, 0);
    }
}
