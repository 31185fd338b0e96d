using System.Text;

namespace Graft.Schema.Tests;

public sealed class RecordTests
{
    [Fact]
    public void Every_field_of_every_table_survives()
    {
        byte[] first = RecordFiller.EveryTable();
        byte[] second = ModelRecord.Parse(first).ToBytes();
        Differences differences = Differences.Between(first, second);
        Assert.Empty(differences.Found);
        Assert.Equal(first, second);
    }

    [Fact]
    public void The_comparison_sees_each_kind_of_difference()
    {
        ModelRecord changed = SmallModel.Record();
        SubGraphRecord main = changed.Subgraphs![0];
        changed.Description = "other";
        changed.Buffers![1].Data![3] = 64;
        main.Outputs = null;
        main.Tensors![0].Type = TensorType.Int8;
        main.Tensors[1].Quantization = null;
        main.Tensors.RemoveAt(2);
        main.Operators![0].BuiltinOptions = new AddOptionsRecord { PotScaleInt16 = false };
        Differences differences = Differences.Between(SmallModel.Bytes(), changed.ToBytes());
        Assert.Equal(
            [
                "subgraphs[0].tensors: 3 and 2 elements",
                "subgraphs[0].tensors[0].type: 0 and 9",
                "subgraphs[0].tensors[1].quantization.present: True and False",
                "subgraphs[0].tensors[1].quantization.scale: vectors of 4 and 0 bytes differ",
                "subgraphs[0].tensors[1].quantization.zero_point: vectors of 8 and 0 bytes differ",
                "subgraphs[0].outputs: vectors of 4 and 0 bytes differ",
                "subgraphs[0].operators[0].builtin_options.fused_activation_function: 1 and 0",
                "subgraphs[0].operators[0].builtin_options.pot_scale_int16: True and False",
                "root.description: vectors of 5 and 5 bytes differ",
                "root.description: 'small' and 'other'",
                "buffers[1].data: vectors of 4 and 4 bytes differ",
            ],
            differences.Found);
    }

    [Fact]
    public void Buffers_lie_at_multiples_of_16_bytes()
    {
        ModelRecord model = new() { Description = "x" };
        model.Buffers = [.. Enumerable.Range(0, 40).Select(i => new BufferRecord { Data = new byte[i] })];
        byte[] bytes = model.ToBytes();
        Verifier.Verify(bytes);
        foreach (BufferView buffer in ModelView.Root(bytes).Buffers)
        {
            bytes.AsSpan().Overlaps(buffer.Data, out int at);
            Assert.Equal(0, at % 16);
        }
    }

    [Theory]
    [InlineData(-0f)]
    [InlineData(float.NaN)]
    [InlineData(float.Epsilon)]
    public void Floats_keep_their_bits(float value)
    {
        OperatorView op = Reread(new SoftmaxOptionsRecord { Beta = value });
        float read = op.Options<SoftmaxOptionsView>().Beta;
        Assert.Equal(BitConverter.SingleToInt32Bits(value), BitConverter.SingleToInt32Bits(read));
    }

    [Fact]
    public void Absent_and_empty_stay_apart()
    {
        ModelRecord model = new() { Subgraphs = [new() { Tensors = [], Inputs = [], Name = "" }] };
        SubGraphRecord subgraph = ModelRecord.Parse(model.ToBytes()).Subgraphs![0];
        Assert.Empty(subgraph.Tensors!);
        Assert.Empty(subgraph.Inputs!);
        Assert.Equal("", subgraph.Name);
        Assert.Null(subgraph.Outputs);
        Assert.Null(subgraph.Operators);
    }

    [Fact]
    public void A_string_that_is_not_utf8_can_be_read_but_not_rewritten()
    {
        byte[] bytes = SmallModel.Bytes();
        bytes[bytes.AsSpan().IndexOf("small"u8)] = 0xFF;
        Verifier.Verify(bytes);
        Assert.Equal("\uFFFDmall", ModelView.Root(bytes).Description);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => ModelRecord.Parse(bytes));
        Assert.Equal("Model.description", e.Field);
        Assert.Contains("UTF-8", e.Message);
    }

    [Theory]
    [InlineData(BuiltinOperator.Conv2D, 3)]
    [InlineData(BuiltinOperator.PlaceholderForGreaterOpCodes, 127)]
    [InlineData(BuiltinOperator.StablehloCase, 127)]
    internal void An_operator_code_is_the_larger_of_its_two_fields(BuiltinOperator code, sbyte deprecated)
    {
        OperatorCodeRecord written = OperatorCodeRecord.Builtin(code, version: 2);
        Assert.Equal(deprecated, written.DeprecatedBuiltinCode);
        ModelRecord model = new() { OperatorCodes = [written, new() { DeprecatedBuiltinCode = deprecated }] };
        byte[] bytes = model.ToBytes();
        TableVector<OperatorCodeView> codes = ModelView.Root(bytes).OperatorCodes;
        Assert.Equal(code, codes[0].Code);
        Assert.Equal(2, codes[0].Version);
        Assert.Equal((BuiltinOperator)deprecated, codes[1].Code);
    }

    [Fact]
    public void A_custom_operator_code_has_its_name()
    {
        byte[] bytes = new ModelRecord { OperatorCodes = [OperatorCodeRecord.Custom("Mine")] }.ToBytes();
        OperatorCodeView code = ModelView.Root(bytes).OperatorCodes[0];
        Assert.Equal((BuiltinOperator.Custom, "Mine", 1), (code.Code, code.CustomCode, code.Version));
        Assert.Equal("Mine", Encoding.UTF8.GetString(code.CustomCodeUtf8));
    }

    private static OperatorView Reread(IBuiltinOptionsRecord options)
    {
        ModelRecord model = new() { Subgraphs = [new() { Operators = [new() { BuiltinOptions = options }] }] };
        byte[] bytes = ModelRecord.Parse(model.ToBytes()).ToBytes();
        return ModelView.Root(bytes).Subgraphs[0].Operators[0];
    }
}
