namespace Graft.Tests;

public sealed class AdapterMergeTests
{
    [Theory]
    [InlineData("rotated-lora")]
    [InlineData("rotated-dora")]
    [InlineData("inverted-ia3")]
    public void A_merged_model_gives_what_the_adapter_gives(string name)
    {
        using var model = Digits.Model();
        float[] plain = Digits.Run(model, null);
        using var adapter = Digits.Load(model, name);
        float[] adapted = Digits.Run(model, adapter);
        using var merged = model.Merge(adapter);
        float[] result = Digits.Run(merged, null);
        for (int i = 0; i < result.Length; i++) Assert.Equal(adapted[i], result[i], 1e-5f * Math.Max(1, Math.Abs(adapted[i])));
        Assert.NotEqual(plain, result);
        Assert.Equal(plain, Digits.Run(model, null));
        Assert.Equal(adapter.Modules.Length, merged.MergedTensors.Length);
    }

    [Fact]
    public void Integer_weights_say_how_much_is_left_and_refuse_too_little()
    {
        using var model = Digits.Model("int8");
        using var adapter = Digits.Load(model, "rotated-lora", "int8");
        using var merged = model.Merge(adapter);
        Assert.All(merged.MergedTensors, t => Assert.InRange(t.Error, 1e-6, 0.25));
        var refused = Assert.Throws<AdapterException>(() => model.Merge(adapter, minFidelity: 1));
        Assert.Contains("unmerged", refused.Message);
        Assert.Contains("rotated-lora", refused.Message);
    }

    [Fact]
    public void The_merged_model_outlives_the_base_and_the_adapter()
    {
        Model merged;
        float[] expected;
        using (var model = Digits.Model())
        {
            using var adapter = Digits.Load(model, "rotated-lora");
            merged = model.Merge(adapter);
            expected = Digits.Run(merged, null);
        }
        GC.Collect();
        Assert.Equal(expected, Digits.Run(merged, null));
        merged.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new Interpreter(merged));
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused()
    {
        using var model = Digits.Model();
        using var other = Digits.Model();
        using var adapter = Digits.Load(model, "rotated-lora");
        Assert.Throws<ArgumentException>(() => other.Merge(adapter));
    }
}
