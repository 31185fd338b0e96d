namespace Graft.Schema.Tests;

public sealed class ViewTests
{
    [Fact]
    public void Absent_tables_have_the_schemas_defaults()
    {
        Conv2DOptionsView options = default;
        Assert.False(options.IsPresent);
        Assert.Equal((1, 1, 0), (options.DilationWFactor, options.DilationHFactor, options.StrideW));
        Assert.True(default(AddOptionsView).PotScaleInt16);
        Assert.Equal(-1, default(OperatorView).DebugMetadataIndex);
        Assert.Equal(TensorType.Int32, default(UniqueOptionsView).IdxOutType);
        Assert.Equal(1, default(OperatorCodeView).Version);
        Assert.Equal(0, default(ModelView).Subgraphs.Count);
        Assert.True(default(TensorView).Shape.IsEmpty);
        Assert.False(default(TensorView).HasShape);
        Assert.Equal("", default(TensorView).Name);
    }

    [Fact]
    public void Options_are_those_of_the_tag()
    {
        byte[] bytes = SmallModel.Bytes();
        OperatorView op = ModelView.Root(bytes).Subgraphs[0].Operators[0];
        Assert.Equal(BuiltinOptions.AddOptions, op.BuiltinOptions);
        Assert.Equal(ActivationFunctionType.Relu, op.Options<AddOptionsView>().FusedActivationFunction);
        Assert.True(op.Options<AddOptionsView>().PotScaleInt16);
    }

    [Fact]
    public void No_options_are_default_options()
    {
        byte[] bytes = new ModelRecord { Subgraphs = [new() { Operators = [new()] }] }.ToBytes();
        OperatorView op = ModelView.Root(bytes).Subgraphs[0].Operators[0];
        Assert.Equal(1, op.Options<Conv2DOptionsView>().DilationHFactor);
        Assert.False(op.Options2<StablehloSortOptionsView>().IsPresent);
    }

    [Fact]
    public void Other_options_are_an_error_that_names_both()
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() =>
            ModelView.Root(SmallModel.Bytes()).Subgraphs[0].Operators[0].Options<Conv2DOptionsView>().StrideH);
        Assert.Equal("Operator.builtin_options", e.Field);
        Assert.Contains("expected Conv2DOptions (BuiltinOptions tag 1)", e.Message);
        Assert.Contains("found AddOptions (BuiltinOptions tag 11)", e.Message);
    }

    [Fact]
    public void A_member_of_the_other_union_is_an_error_even_with_the_same_tag()
    {
        AddOptionsRecord add = new();
        ModelRecord model = new() { Subgraphs = [new() { Operators = [new() { BuiltinOptions = add }] }] };
        byte[] bytes = model.ToBytes();
        Assert.Equal(add.Tag, StablehloIotaOptionsView.Tag);
        ModelFormatException e = Assert.Throws<ModelFormatException>(() =>
            ModelView.Root(bytes).Subgraphs[0].Operators[0].Options<StablehloIotaOptionsView>().IotaDimension);
        Assert.Contains("BuiltinOptions2 tag 11", e.Message);
    }

    [Fact]
    public void Indices_outside_a_vector_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ModelView.Root(SmallModel.Bytes()).Subgraphs[1].Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => ModelView.Root(SmallModel.Bytes()).Subgraphs[-1].Name);
    }

    [Fact]
    public void Elements_can_be_enumerated()
    {
        List<string> names = [];
        foreach (TensorView tensor in ModelView.Root(SmallModel.Bytes()).Subgraphs[0].Tensors)
            names.Add(tensor.Name);
        Assert.Equal(["in", "one", "out"], names);
    }

    [Fact]
    public void Names_are_the_schemas()
    {
        Assert.Equal("CONV_2D", SchemaNames.Of(BuiltinOperator.Conv2D));
        Assert.Equal("TOPK_V2", SchemaNames.Of(BuiltinOperator.TopKV2));
        Assert.Equal("FLOAT8_E5M2", SchemaNames.Of(TensorType.Float8E5M2));
        Assert.Equal("BuiltinOperator(999)", SchemaNames.Of((BuiltinOperator)999));
        Assert.Equal("TensorType(-1)", SchemaNames.Of((TensorType)(-1)));
    }

    [Theory]
    [InlineData(16, BuiltinOperator.Lstm)]
    [InlineData(127, BuiltinOperator.PlaceholderForGreaterOpCodes)]
    [InlineData(163, BuiltinOperator.StablehloAdd)]
    [InlineData(203, BuiltinOperator.Dilate)]
    [InlineData(209, BuiltinOperator.StablehloCase)]
    internal void Operators_have_the_schemas_codes(int code, BuiltinOperator op) => Assert.Equal(code, (int)op);

    [Fact]
    public void Big_endian_machines_get_their_order() =>
        Assert.Equal([0x04030201, 0x0807_0605], ByteOrder.Reverse<int>([0x01020304, 0x0506_0708]).ToArray());
}
