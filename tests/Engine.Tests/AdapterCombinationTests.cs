namespace Graft.Tests;

public sealed class AdapterCombinationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_row_has_the_bits_that_its_adapter_gives_all_rows(int threads)
    {
        using var layer = new OneLayer();
        using var model = layer.Load(rows: 40);
        using var a = layer.Lora(model, "a", rank: 2);
        using var b = layer.Lora(model, "b", rank: 5);
        using var interpreter = new Interpreter(model, new() { Threads = threads });
        float[] plain = Digits.Run(interpreter), first = With(a), second = With(b), mixed = With(new RowAdapters(b, null, a, b));
        int share = mixed.Length / 4;
        float[][] sources = [second, plain, first, second];
        for (int r = 0; r < 4; r++) Assert.Equal(sources[r][(r * share)..((r + 1) * share)], mixed[(r * share)..((r + 1) * share)]);
        Assert.NotEqual(plain, first);
        Assert.NotEqual(first, second);
        interpreter.Adapter = new RowAdapters(a, b, null);
        Assert.Contains("3 adapters", Assert.Throws<OperatorException>(() => interpreter.Invoke()).Message);
        interpreter.Adapter = null;
        Assert.Equal(plain, Digits.Run(interpreter));

        float[] With(AdapterSelection selection)
        {
            interpreter.Adapter = selection;
            return Digits.Run(interpreter);
        }
    }

    [Fact]
    public void Adapters_that_act_together_add_up()
    {
        using var model = Digits.Model();
        using var a = Digits.Load(model, "rotated-lora");
        using var twice = model.CombineAdapters("twice", (a, 0.25f), (a, 0.75f));
        float[] expected = Digits.Run(model, a), sum = Digits.Run(model, twice);
        for (int i = 0; i < sum.Length; i++) Assert.Equal(expected[i], sum[i], 1e-4f * Math.Max(1, Math.Abs(expected[i])));
        using var half = model.CombineAdapters("half", (a, 0.5f));
        Assert.NotEqual(expected, Digits.Run(model, half));
        using var ia3 = Digits.Load(model, "inverted-ia3");
        Assert.Contains("scale", Assert.Throws<AdapterException>(() => model.CombineAdapters("scaled", (ia3, 0.5f))).Message);
    }

    [Fact]
    public void Products_of_any_ranks_add_up_when_nothing_is_cut_off()
    {
        using var layer = new OneLayer();
        using var model = layer.Load(rows: 3);
        using var a = layer.Lora(model, "a", rank: 2);
        using var b = layer.Lora(model, "b", rank: 5);
        using var together = model.CombineAdapters("together", (a, 0.75f), (b, -0.5f));
        using var products = model.CombineAdapters("products", new CombinationOptions { OnProducts = true, Rank = 7 }, (a, 0.75f), (b, -0.5f));
        float[] expected = Digits.Run(model, together), actual = Digits.Run(model, products);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f);
        Assert.Contains("different rank", Assert.Throws<AdapterException>(() => model.CombineAdapters("factors", new CombinationOptions(), (a, 1), (b, 1))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CombineAdapters("dense", new CombinationOptions { Density = 2 }, (a, 1)));
    }

    [Fact]
    public void What_is_dropped_at_random_depends_on_the_seed_alone()
    {
        using var layer = new OneLayer();
        using var model = layer.Load(rows: 3);
        using var a = layer.Lora(model, "a", rank: 4);
        float[] Dropped(int seed)
        {
            using var dare = model.CombineAdapters("dare", new CombinationOptions { Method = CombinationMethod.DareLinear, Density = 0.5, Seed = seed }, (a, 1));
            return Digits.Run(model, dare);
        }
        Assert.Equal(Dropped(1), Dropped(1));
        Assert.NotEqual(Dropped(1), Dropped(2));
    }

    [Theory]
    [InlineData(MajoritySign.Total, new[] { 2f, 0, -3 }, -3f)]
    [InlineData(MajoritySign.Frequency, new[] { 2f, 1, -4 }, 1.5f)]
    [InlineData(MajoritySign.Total, new[] { 2f, 1, -4 }, -4f)]
    public void Ties_averages_what_has_the_elected_sign(MajoritySign majority, float[] elements, float expected)
    {
        float[][] tensors = [.. elements.Select(e => new[] { e })];
        var options = new CombinationOptions { Method = CombinationMethod.Ties, MajoritySign = majority };
        Assert.Equal([expected], Graft.Adapters.Combining.TaskTensors.Combine(tensors, [1, 1, 1], options, new Random(0)));
    }

    [Fact]
    public void Pruning_keeps_the_largest_elements()
    {
        var options = new CombinationOptions { Method = CombinationMethod.MagnitudePrune, Density = 0.5 };
        Assert.Equal([0, -6, 0, 8], Graft.Adapters.Combining.TaskTensors.Combine([[1, -3, 2, 4]], [2], options, new Random(0)));
    }

    [Fact]
    public void Switching_adapters_allocates_nothing()
    {
        using var model = Digits.Model();
        using var a = Digits.Load(model, "rotated-lora");
        using var b = Digits.Load(model, "noisy-lora");
        using var interpreter = new Interpreter(model);
        for (int i = 0; i < 4; i++) Switch();
        Assert.Equal(0, Allocated.Least(Switch, 100));

        void Switch()
        {
            interpreter.Adapter = a;
            interpreter.Invoke();
            interpreter.Adapter = b;
            interpreter.Invoke();
            interpreter.Adapter = null;
            interpreter.Invoke();
        }
    }
}
