using Graft.Schema;

namespace Graft.Tests.Passes;

public sealed class KeepHalvesTests
{
    private const int Rows = 70, Width = 12;

    /// <summary>Layers that read weights of halves: how they are built, and the type of their input.</summary>
    public static TheoryData<string> Layers => ["fully connected", "convolution", "look-up"];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Layers_widen_their_weights_themselves(string layer)
    {
        using var model = Build(layer, out _).Load();
        var node = Assert.Single(model.Optimized.Subgraphs[0].Nodes);
        Assert.Equal(DType.Float16, model.Optimized.Subgraphs[0].Tensors[node.Inputs[1]].Type);
        foreach (var kernels in (KernelSet[])[KernelSet.Fast, KernelSet.Reference])
        {
            using Interpreter kept = new(model, new() { Kernels = kernels }), source = new(model, new() { Kernels = kernels, PreserveAllTensors = true });
            Assert.Equal(Run(source), Run(kept));
        }
    }

    [Fact]
    public void Weights_that_something_else_reads_are_widened_once()
    {
        var b = Build("fully connected", out int wide);
        int negative = b.Tensor("negative", DType.Float32, Rows, Width);
        using var model = b.Operator(BuiltinOperator.Neg, [wide], [negative]).Output(negative).Load();
        var layer = Assert.Single(model.Optimized.Subgraphs[0].Nodes, n => n.Op is Graft.Ops.FullyConnected);
        Assert.Equal(DType.Float32, model.Optimized.Subgraphs[0].Tensors[layer.Inputs[1]].Type);
    }

    [Fact]
    public void Merged_changes_are_not_rounded_to_halves()
    {
        using var model = Build("fully connected", out _).Load();
        string folder = Directory.CreateTempSubdirectory("graft-halves").FullName;
        try
        {
            var b = new Graft.Safetensors.SafetensorsWriter();
            float[] weights = Array.ConvertAll(Weights(), w => (float)w);
            b.Add("layer.weight", Graft.Safetensors.SafetensorsDType.F32, [Rows, Width], System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights.AsSpan()).ToArray());
            string weightsPath = Path.Combine(folder, "base.safetensors");
            b.Save(weightsPath);
            using var adapter = model.LoadAdapter(LoraFolder.Write(Path.Combine(folder, "a"), Width, Rows, 2, 1, 2), new() { BaseWeights = weightsPath, Scale = 0.001f });
            using var merged = model.Merge(adapter);
            using Interpreter beside = new(model) { Adapter = adapter }, within = new(merged);
            float[] expected = Floats(Run(beside)), actual = Floats(Run(within));
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Half[] Weights() => [.. LoraFolder.Numbers(Rows * Width, 1).Select(v => (Half)v)];

    private static ModelBuilder Build(string layer, out int wide)
    {
        var b = new ModelBuilder();
        int[] shape = layer == "convolution" ? [Rows, 1, 3, Width / 3] : [Rows, Width];
        int stored = b.Constant("stored", DType.Float16, Weights(), shape);
        wide = b.Tensor("wide", DType.Float32, shape);
        b.Operator(BuiltinOperator.Dequantize, [stored], [wide]);
        switch (layer)
        {
            case "fully connected": return b.Output(b.FullyConnected(b.Input("x", DType.Float32, 3, Width), wide, -1, "y", 3, Rows));
            case "convolution":
                int y = b.Tensor("y", DType.Float32, 1, 5, 7, Rows);
                return b.Operator(BuiltinOperator.Conv2D, [b.Input("x", DType.Float32, 1, 5, 9, Width / 3), wide, -1], [y], new Conv2DOptionsRecord { Padding = Padding.Valid, StrideH = 1, StrideW = 1 }).Output(y);
            default:
                int rows = b.Tensor("rows", DType.Float32, 4, Width);
                return b.Operator(BuiltinOperator.EmbeddingLookup, [b.Input("x", DType.Int32, 4), wide], [rows]).Output(rows);
        }
    }

    private static byte[] Run(Interpreter interpreter)
    {
        var input = interpreter.Inputs[0];
        if (input.Type == DType.Int32) ((int[])[0, Rows - 1, 7, 33]).CopyTo(input.Span<int>());
        else LoraFolder.Numbers(input.Span<float>().Length, 5).CopyTo(input.Span<float>());
        interpreter.Invoke();
        return interpreter.Outputs[0].Bytes.ToArray();
    }

    private static float[] Floats(byte[] bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
