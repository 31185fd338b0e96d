using System.Runtime.InteropServices;
using Google.FlatBuffers;
using Graft.Adapters;
using Graft.Adapters.Methods;

namespace Graft.Tests;

public sealed class OrtAdapterTests
{
    private const string Query = "model.layers.0.self_attn.q_proj";

    [Theory]
    [InlineData(Query, ".lora_{0}.weight", Query)]
    [InlineData("base_model.model." + Query, ".lora_{0}.weight", Query)]
    [InlineData("base_model.model.model.layers.3.attn.v_proj", ".lora_{0}.MatMul.weight", "model.layers.3.self_attn.v_proj")]
    [InlineData("encoder.attn.query", ".lora_{0}.weight", "encoder.attn.query")]
    public void Factors_are_turned_back(string stored, string end, string module)
    {
        byte[] file = File(
            Floats(stored + string.Format(null, end, "A"), [3, 2], 1, 2, 3, 4, 5, 6),
            Floats(stored + string.Format(null, end, "B"), [2, 4], 1, 2, 3, 4, 5, 6, 7, 8));
        var change = (LoraChange)Assert.Single(AdapterFile.Read(file, 0).Changes);
        Assert.Equal((module, 1f), (change.Module, change.Scale));
        Assert.Equal([2, 3, 4, 2], [.. change.A.Shape, .. change.B.Shape]);
        Assert.Equal([1, 3, 5, 2, 4, 6], change.A.Values);
        Assert.Equal([1, 5, 2, 6, 3, 7, 4, 8], change.B.Values);
    }

    [Fact]
    public void Every_float_type_is_read()
    {
        byte[] half = MemoryMarshal.AsBytes<Half>([(Half)1.5f, (Half)(-2)]).ToArray(), doubles = MemoryMarshal.AsBytes<double>([0.5, 3]).ToArray();
        byte[] brain = [.. ((float[])[1.5f, -2]).SelectMany(v => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)))];
        var changes = AdapterFile.Read(File(new("a.lora_A.weight", [2, 1], 10, half), new("a.lora_B.weight", [1, 2], 11, doubles),
            new("b.lora_A.weight", [2, 1], 16, brain), Floats("b.lora_B.weight", [1, 2], 5, 6)), 0).Changes.Cast<LoraChange>().ToArray();
        Assert.Equal([[1.5f, -2], [0.5f, 3], [1.5f, -2], [5, 6]], (float[][])[changes[0].A.Values, changes[0].B.Values, changes[1].A.Values, changes[1].B.Values]);
    }

    [Theory]
    [InlineData("version", "format version 2 is not supported")]
    [InlineData("identifier", "neither GGUF, nor .onnx_adapter")]
    [InlineData("quantised", "is of a quantised factor")]
    [InlineData("name", "\"nonsense\" is no factor of LoRA")]
    [InlineData("no name", "a parameter's name has 0 bytes")]
    [InlineData("long name", "a parameter's name has 600 bytes")]
    [InlineData("type", "element type 3 is not supported")]
    [InlineData("dimensions", "must be a matrix")]
    [InlineData("negative", "[-2,-3] must be a matrix")]
    [InlineData("overflow", "[2147483647,2147483647] of FLOAT has 24 bytes")]
    [InlineData("short", "[3,2] of FLOAT has 20 bytes")]
    [InlineData("odd", "[3,2] of FLOAT has 23 bytes")]
    [InlineData("nan", "an adapter must be finite")]
    [InlineData("pair", "no factor B")]
    [InlineData("twice", "both are the factor A")]
    [InlineData("none", "has no tensors")]
    public void What_is_wrong_is_named(string what, string message)
    {
        Parameter a = Floats(Query + ".lora_A.weight", [3, 2], 1, 2, 3, 4, 5, 6), b = Floats(Query + ".lora_B.weight", [2, 1], 1, 2);
        byte[] file = what switch
        {
            "version" => File([a, b], version: 2),
            "identifier" => File([a, b], identifier: "TORX"),
            "quantised" => File(a with { Name = Query + ".lora_A.quant.weight" }, b),
            "name" => File(a with { Name = "nonsense" }, b),
            "no name" => File(a with { Name = "" }, b),
            "long name" => File(a with { Name = new string('n', 600) }, b),
            "type" => File(a with { Type = 3 }, b),
            "dimensions" => File(a with { Dimensions = [6] }, b),
            "negative" => File(a with { Dimensions = [-2, -3] }, b),
            "overflow" => File(a with { Dimensions = [int.MaxValue, int.MaxValue] }, b),
            "short" => File(a with { Data = a.Data[..20] }, b),
            "odd" => File(a with { Data = a.Data[..23] }, b),
            "nan" => File(Floats(a.Name, [3, 2], 1, 2, 3, float.NaN, 5, 6), b),
            "pair" => File(a),
            "twice" => File(a, a, b),
            _ => File(),
        };
        Assert.Contains(message, HostileAdapter.Try(file, what) ?? "it was read", StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_end_early_or_are_damaged_are_refused_or_read()
    {
        byte[] valid = File(Floats(Query + ".lora_A.weight", [3, 2], 1, 2, 3, 4, 5, 6), Floats(Query + ".lora_B.weight", [2, 4], 1, 2, 3, 4, 5, 6, 7, 8));
        HostileAdapter.Truncate(valid, valid.Length - 8);
        HostileAdapter.Mutate(valid, 4000);
    }

    private sealed record Parameter(string Name, long[] Dimensions, int Type, byte[] Data);

    private static Parameter Floats(string name, long[] dimensions, params float[] values) => new(name, dimensions, 1, MemoryMarshal.AsBytes<float>(values).ToArray());

    private static byte[] File(params Parameter[] parameters) => File(parameters, version: 1);

    private static byte[] File(Parameter[] parameters, int version = 1, string identifier = "TORT")
    {
        var builder = new FlatBufferBuilder(1024);
        int[] tables = [.. parameters.Select(p => Table(builder, p))];
        builder.StartVector(4, tables.Length, 4);
        for (int i = tables.Length - 1; i >= 0; i--) builder.AddOffset(tables[i]);
        int vector = builder.EndVector().Value;
        builder.StartTable(4);
        builder.AddInt(0, version, 0);
        builder.AddInt(1, 1, 0);
        builder.AddInt(2, 1, 0);
        builder.AddOffset(3, vector, 0);
        builder.Finish(builder.EndTable(), identifier);
        return builder.SizedByteArray();
    }

    private static int Table(FlatBufferBuilder builder, Parameter parameter)
    {
        int name = builder.CreateString(parameter.Name).Value, dimensions = Vector(builder, parameter.Dimensions, sizeof(long)), data = Vector(builder, parameter.Data, 1);
        builder.StartTable(4);
        builder.AddOffset(0, name, 0);
        builder.AddOffset(1, dimensions, 0);
        builder.AddInt(2, parameter.Type, 0);
        builder.AddOffset(3, data, 0);
        return builder.EndTable();
    }

    private static int Vector<T>(FlatBufferBuilder builder, T[] values, int size) where T : unmanaged
    {
        builder.StartVector(size, values.Length, 8);
        builder.Add(MemoryMarshal.AsBytes<T>(values).ToArray());
        return builder.EndVector().Value;
    }
}
