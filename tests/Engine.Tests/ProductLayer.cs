using System.Runtime.InteropServices;
using Graft.Safetensors;
using Graft.Schema;

namespace Graft.Tests;

/// <summary>A base whose one linear layer is a BATCH_MATMUL with a constant factor, maybe with a bias added behind it, and adapters for it.</summary>
/// <param name="isLeft">The constant stands on the left, so that rows are columns of the tensors.</param>
/// <param name="adjX">The left factor is transposed.</param>
/// <param name="adjY">The right factor is transposed.</param>
internal sealed class ProductLayer(bool isLeft, bool adjX, bool adjY) : IDisposable
{
    public const int Inputs = 24, Outputs = 18, Matrices = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("graft-product").FullName;

    public float[] Weight { get; } = LoraFolder.Numbers(Outputs * Inputs, 1);

    public float[] Bias { get; } = LoraFolder.Numbers(Outputs, 2);

    /// <summary>What the norm in front multiplies its rows by; it is folded into the weight when set.</summary>
    public float[]? Factor { get; init; }

    public bool HasBias { get; init; }

    /// <summary>The type of the weight: Float32, Float16 (widened by a node), or Int8 with a scale for each output.</summary>
    public DType Type { get; init; } = DType.Float32;

    /// <summary>Integers throughout.</summary>
    public bool IsQuantised { get; init; }

    public const float InputScale = 1 / 64f, OutputScale = 1 / 16f;

    private bool WeightHasOutputsFirst => isLeft ? !adjX : adjY;

    private bool DataHasColumns => isLeft ? !adjY : adjX;

    public string Folder(string name) => Path.Combine(_folder, name);

    public AdapterOptions Options => new() { BaseWeights = Folder("base.safetensors") };

    public Adapter Lora(Model model, string name, int rank) => model.LoadAdapter(LoraFolder.Write(Folder(name), Inputs, Outputs, rank, rank, rank + 100), Options);

    public Model Load(int rows)
    {
        var writer = new SafetensorsWriter();
        writer.Add("layer.weight", SafetensorsDType.F32, [Outputs, Inputs], MemoryMarshal.AsBytes(Weight.AsSpan()).ToArray());
        if (HasBias) writer.Add("layer.bias", SafetensorsDType.F32, [Outputs], MemoryMarshal.AsBytes(Bias.AsSpan()).ToArray());
        if (Factor is not null) writer.Add("norm.weight", SafetensorsDType.F32, [Inputs], MemoryMarshal.AsBytes(Factor.AsSpan()).ToArray());
        writer.Save(Options.BaseWeights!);
        return Build(new ModelBuilder(), rows).Load();
    }

    public ModelBuilder Build(ModelBuilder b, int rows)
    {
        var type = IsQuantised ? DType.Int8 : DType.Float32;
        int x = b.Input("x", type, DataHasColumns ? [Matrices, Inputs, rows] : [Matrices, rows, Inputs]);
        int[] shape = isLeft ? [Matrices, Outputs, rows] : [Matrices, rows, Outputs];
        int w = Constant(b), y = b.Tensor("y", type, shape);
        if (IsQuantised) b.Quantize(x, InputScale).Quantize(y, OutputScale, 3);
        b.Operator(BuiltinOperator.BatchMatMul, isLeft ? [w, x] : [x, w], [y], new BatchMatMulOptionsRecord { AdjX = adjX, AdjY = adjY });
        if (!HasBias) return b.Output(y);
        int z = b.Tensor("z", DType.Float32, shape);
        b.Operator(BuiltinOperator.Add, [y, b.Constant("b", Bias, isLeft ? [Outputs, 1] : [Outputs])], [z], new AddOptionsRecord());
        return b.Output(z);
    }

    /// <summary>Outputs of the model, as rows of the layer, for rows of its input.</summary>
    public float[] Run(Model model, AdapterSelection? adapter, float[] x)
    {
        using var interpreter = new Interpreter(model) { Adapter = adapter };
        float[] stored = DataHasColumns ? Transposed(x, x.Length / Inputs / Matrices, Inputs) : x;
        if (IsQuantised) stored.Select(v => (sbyte)Math.Round(v / InputScale)).ToArray().CopyTo(interpreter.Inputs[0].Span<sbyte>());
        else stored.CopyTo(interpreter.Inputs[0].Span<float>());
        interpreter.Invoke();
        float[] y = IsQuantised ? [.. interpreter.Outputs[0].Span<sbyte>().ToArray().Select(q => OutputScale * (q - 3))] : interpreter.Outputs[0].Span<float>().ToArray();
        return isLeft ? Transposed(y, Outputs, y.Length / Outputs / Matrices) : y;
    }

    /// <summary>Rows whose numbers are integers of the quantised input, too.</summary>
    public static float[] Rows(int rows) => [.. LoraFolder.Numbers(Matrices * rows * Inputs, 9).Select(v => MathF.Round(2 * v / InputScale) * InputScale)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private int Constant(ModelBuilder b)
    {
        float[] values = [.. Weight.Select((w, i) => w * (Factor?[i % Inputs] ?? 1))];
        if (!WeightHasOutputsFirst) values = Transposed(values, Outputs, Inputs, 1);
        // Leading ones are those of exporters that give both factors one rank.
        int[] shape = WeightHasOutputsFirst ? [1, Outputs, Inputs] : [1, Inputs, Outputs];
        if (Type == DType.Float32) return b.Constant("w", values, shape);
        if (Type == DType.Int8)
        {
            int integers = b.Constant("w", DType.Int8, [.. values.Select(v => (sbyte)Math.Round(v * 200))], shape);
            b.Quantize(integers, 1 / 200f);
            return integers;
        }
        int half = b.Constant("h", DType.Float16, [.. values.Select(v => (Half)v)], shape), wide = b.Tensor("w", DType.Float32, shape);
        b.Operator(BuiltinOperator.Dequantize, [half], [wide]);
        return wide;
    }

    private static float[] Transposed(float[] matrices, int rows, int columns, int count = Matrices)
    {
        var result = new float[matrices.Length];
        for (int m = 0, at = 0; m < count; m++, at += rows * columns)
        {
            for (int i = 0; i < rows * columns; i++) result[at + i % columns * rows + i / columns] = matrices[at + i];
        }
        return result;
    }
}
