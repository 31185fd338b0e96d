using System.Text;
using Graft.Cli.Generation;
using Graft.Tests;

namespace Graft.Cli.Tests;

public sealed class GenerateTests(ByteLm lm) : IClassFixture<ByteLm>
{
    private static readonly byte[] s_prompt = Encoding.ASCII.GetBytes("The king said ");

    public static TheoryData<string> Adapters => ["base", .. ByteLm.Styles];

    [SharedTheory]
    [MemberData(nameof(Adapters))]
    public void Greedy_bytes_are_those_of_torch(string name)
    {
        using var model = Model.Load(ByteLm.ModelPath);
        using var adapter = name == "base" ? null : model.LoadAdapter(ByteLm.Style(name), new() { BindingMap = lm.Map });
        using var generator = new ByteGenerator(model, adapter);
        var golden = ByteLm.Golden;
        for (int i = 0; i < 4; i++)
        {
            byte[] prompt = golden[$"prompt/{i}"].Bytes[1..].ToArray(), expected = golden[$"{name}/greedy/{i}"].Bytes.ToArray();
            Assert.Equal(expected, ByteLm.Greedy(generator, prompt, expected.Length));
            Assert.Equal(StopReason.Count, generator.Stopped);
        }
    }

    [SharedTheory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100)]
    public void A_prompt_of_several_prefills_goes_on_as_the_whole_text_does(int length)
    {
        byte[] prompt = File.ReadAllBytes(ByteLm.File("text", "general.heldout.txt"))[..length];
        using var model = Model.Load(ByteLm.ModelPath);
        using var generator = new ByteGenerator(model);
        using var interpreter = new Interpreter(model);
        var forward = interpreter.GetSignatureRunner("forward");
        List<byte> text = [0, .. prompt];
        foreach (byte next in generator.Generate(prompt, 20, new ByteSampler()))
        {
            var tokens = forward.Input("tokens").Span<int>();
            for (int i = 0; i < tokens.Length; i++) tokens[i] = i < text.Count ? text[i] : 0;
            forward.Invoke();
            Assert.Equal(new ByteSampler().Next(forward.Output("logits").Span<float>().Slice((text.Count - 1) * 256, 256)), next);
            text.Add(next);
        }
        Assert.Equal(length + 21, text.Count);
    }

    [SharedFact]
    public void A_sequence_ends_where_the_caches_do()
    {
        using var model = Model.Load(ByteLm.ModelPath);
        using var generator = new ByteGenerator(model);
        byte[] prompt = File.ReadAllBytes(ByteLm.File("text", "general.heldout.txt"))[..188];
        Assert.Equal(4, ByteLm.Greedy(generator, prompt, 100).Length);
        Assert.Equal(StopReason.Context, generator.Stopped);
        Assert.Throws<ArgumentException>(() => generator.Generate(new byte[192], 1, new ByteSampler()));
    }

    [SharedFact]
    public void Sequences_and_adapters_do_not_mix()
    {
        using var model = Model.Load(ByteLm.ModelPath);
        using var play = model.LoadAdapter(ByteLm.Style("play"), new() { BindingMap = lm.Map });
        using ByteGenerator plain = new(model), styled = new(model, play);
        byte[] alone = ByteLm.Greedy(plain, s_prompt, 30), withPlay = ByteLm.Greedy(styled, s_prompt, 30);
        Assert.NotEqual(alone, withPlay);
        using var one = plain.Generate(s_prompt, 30, new ByteSampler()).GetEnumerator();
        using var two = styled.Generate(s_prompt, 30, new ByteSampler()).GetEnumerator();
        for (int i = 0; i < 30; i++)
        {
            Assert.True(one.MoveNext() && two.MoveNext());
            Assert.Equal((alone[i], withPlay[i]), (one.Current, two.Current));
        }
        using var first = plain.Generate(s_prompt, 30, new ByteSampler()).GetEnumerator();
        first.MoveNext();
        Assert.Equal(alone, ByteLm.Greedy(plain, s_prompt, 30));
        Assert.Throws<InvalidOperationException>(() => first.MoveNext());
    }

    [SharedFact]
    public void A_generator_is_bound_to_its_adapter_and_usable_after_cancellation()
    {
        Assert.False(typeof(ByteGenerator).GetProperty(nameof(ByteGenerator.Adapter))!.CanWrite);
        using Model model = Model.Load(ByteLm.ModelPath), other = Model.Load(ByteLm.ModelPath);
        using var play = other.LoadAdapter(ByteLm.Style("play"), new() { BindingMap = lm.Map });
        Assert.Throws<ArgumentException>(() => new ByteGenerator(model, play));
        using var generator = new ByteGenerator(model);
        byte[] whole = ByteLm.Greedy(generator, s_prompt, 10);
        using var cancellation = new CancellationTokenSource();
        using var bytes = generator.Generate(s_prompt, 10, new ByteSampler(), cancellation.Token).GetEnumerator();
        Assert.True(bytes.MoveNext());
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => bytes.MoveNext());
        Assert.Equal(whole, ByteLm.Greedy(generator, s_prompt, 10));
    }

    [SharedFact]
    public async Task The_command_compares_the_base_with_its_adapters()
    {
        string[] ask = ["generate", ByteLm.ModelPath, "--prompt", "In the beginning ", "--map", lm.Map, "--max-tokens", "48", "--compare", "--adapter", ByteLm.Style("scripture"), "--adapter", ByteLm.Style("manpage")];
        var told = await Cli.Run(ask);
        Assert.Equal(0, told.ExitCode);
        Assert.Equal("""
            == base
            of the same that the same that the same that the

            == scripture
            of the LORD, and the LORD said unto the LORD, an

            == manpage
            and the set of the command of the command option

            """, told.Output);
        Assert.Contains("stopped at --max-tokens", told.Error);
        var texts = (await Cli.Run([.. ask, "--json"])).Json.GetProperty("texts");
        Assert.Equal("manpage", texts[2].GetProperty("adapter").GetString());
        Assert.Equal("and the set of the command of the command option", Encoding.UTF8.GetString(texts[2].GetProperty("bytes").GetBytesFromBase64()));
    }

    [SharedFact]
    public async Task Chance_follows_the_seed()
    {
        async Task<string> Say(string seed) => (await Cli.Run("generate", ByteLm.ModelPath, "--prompt", "When ", "--temperature", "0.8", "--top-k", "20", "--seed", seed, "--max-tokens", "40")).Output;
        string first = await Say("1");
        Assert.Equal(first, await Say("1"));
        Assert.NotEqual(first, await Say("2"));
    }

    [Theory]
    [InlineData("no signature 'prefill' (it has: serving_default)", "--prompt", "a")]
    [InlineData("'--prompt' is required", "--seed", "1")]
    [InlineData("--max-tokens must be at least 1", "--prompt", "a", "--max-tokens", "0")]
    [InlineData("--compare needs an --adapter", "--prompt", "a", "--compare")]
    public async Task A_mistake_ends_in_a_message(string message, params string[] options)
    {
        var told = await Cli.Run(["generate", Cli.Float, .. options]);
        Assert.Equal(2, told.ExitCode);
        Assert.Contains(message, told.Error);
        Assert.Empty(told.Output);
    }

    [SharedTheory]
    [InlineData("the temperature must be", "--prompt", "a", "--temperature", "-1")]
    [InlineData("top-k must be", "--prompt", "a", "--top-k", "-1")]
    [InlineData("the prompt has 200 bytes; the model has room for 191", "--prompt", "LONG")]
    public async Task A_wrong_number_ends_in_a_message(string message, params string[] options)
    {
        var told = await Cli.Run(["generate", ByteLm.ModelPath, .. options.Select(o => o == "LONG" ? new string('a', 200) : o)]);
        Assert.Equal((2, ""), (told.ExitCode, told.Output));
        Assert.Contains(message, told.Error);
    }
}
