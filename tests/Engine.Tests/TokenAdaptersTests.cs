using Graft.Runtime;

namespace Graft.Tests;

/// <summary>Segments of tokens with adapters of their own: each token against runs in which all have its adapter.</summary>
public sealed class TokenAdaptersTests
{
    // More than a block of rows that is done at once.
    private const int Tokens = 40;

    public static IEnumerable<object[]> Models => from kind in new[] { "float", "hybrid", "int8" }
                                                  from isLookup in new[] { false, true }
                                                  from isProduct in new[] { false, true }
                                                  from sequences in new[] { 1, 3 }
                                                  select new object[] { kind, isLookup, isProduct, sequences };

    [Theory]
    [MemberData(nameof(Models))]
    public void Tokens_have_the_bits_of_their_own_adapter(string kind, bool isLookup, bool isProduct, int sequences)
    {
        using var tokens = new TokenModel(kind, isLookup, isProduct, sequences, Tokens);
        using Adapter a = tokens.Lora(10), b = tokens.Lora(20);
        using var interpreter = new Interpreter(tokens.Model, new() { Threads = 2 });
        (Adapter?, int)[][] segments =
        [
            [(a, 1), (b, 1), (null, 3), (a, 0), (b, 20), (b, 2), (a, 13)],
            [(null, 40)],
            [(b, 0), (a, 33), (null, 0), (a, 6), (b, 1), (null, 0)],
        ];
        Check(interpreter, segments[..sequences], a, b);
        Check(interpreter, [.. Enumerable.Repeat(segments[2], sequences)], a, b);
        Check(interpreter, [.. Enumerable.Repeat<(Adapter?, int)[]>([.. Enumerable.Range(0, Tokens).Select(t => (t % 3 == 0 ? a : t % 3 == 1 ? null : b, 1))], sequences)], a, b);
        Check(interpreter, [.. Enumerable.Repeat<(Adapter?, int)[]>([(b, Tokens)], sequences)], a, b);
        Check(interpreter, [.. Enumerable.Repeat<(Adapter?, int)[]>([(a, 0), (null, Tokens)], sequences)], a, b);
    }

    [Fact]
    public void Exchanging_segments_allocates_nothing()
    {
        using var tokens = new TokenModel("float", isLookup: false, isProduct: false, 2, Tokens);
        using Adapter a = tokens.Lora(10), b = tokens.Lora(20);
        using var interpreter = new Interpreter(tokens.Model);
        AdapterSelection?[] selections = [new TokenAdapters([(a, 1), (null, 39)], [(b, 20), (a, 20)]), a, null, new TokenAdapters([(b, 40)], [(a, 7), (b, 33)]), new RowAdapters(a, b)];
        for (int i = 0; i < 4; i++) Exchange();
        Assert.Equal(0, Allocated.Least(Exchange, 100));

        void Exchange()
        {
            foreach (var selection in selections)
            {
                interpreter.Adapter = selection;
                interpreter.Invoke();
            }
        }
    }

    [Fact]
    public void Another_number_of_tokens_fails_the_run_and_leaves_the_interpreter_usable()
    {
        using var tokens = new TokenModel("float", isLookup: false, isProduct: false, 2, 6);
        using var adapter = tokens.Lora(10);
        using var interpreter = new Interpreter(tokens.Model);
        float[] before = TokenModel.Run(interpreter, adapter);
        Refused(new([(adapter, 2), (null, 3)], [(adapter, 5)]), "6 rows for each of 2 sequences", "have 5 tokens", "GATHER", "RowAdapters");
        Refused(new([(adapter, 5), (null, 7)]), "inputs have 2 sequences", "given for 1");
        Refused(new([(adapter, 4)], [(adapter, 4)], [(null, 4)]), "inputs have 2 sequences", "given for 3");
        Assert.Equal(before, TokenModel.Run(interpreter, new TokenAdapters([(adapter, 6)], [(adapter, 6)])));

        void Refused(TokenAdapters segments, params string[] parts)
        {
            string message = Assert.ThrowsAny<Exception>(() => TokenModel.Run(interpreter, segments)).Message;
            Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Segments_follow_the_shape_of_the_input()
    {
        using var tokens = new TokenModel("float", isLookup: false, isProduct: false, 1, 4);
        using Adapter a = tokens.Lora(10), b = tokens.Lora(20);
        using var interpreter = new Interpreter(tokens.Model);
        interpreter.ResizeInputTensor(0, [1, 22]);
        Check(interpreter, [[(a, 12), (null, 3), (b, 7)]], a, b);
        interpreter.ResizeInputTensor(0, [2, 22]);
        Check(interpreter, [[(a, 12), (b, 10)], [(null, 22)]], a, b);
    }

    [Fact]
    public void Segments_that_make_no_batch_are_refused()
    {
        using var tokens = new TokenModel("float", isLookup: false, isProduct: false, 1, 6);
        using var others = new TokenModel("float", isLookup: false, isProduct: false, 1, 6);
        using Adapter a = tokens.Lora(10), other = others.Lora(20);
        Refused(() => new([(a, 2), (null, 3)], [(a, 6)]), "sequence 1 have 6 tokens, those of sequence 0 have 5");
        Refused(() => new((a, 2), (null, -1)), "-1 tokens");
        Refused(() => new((null, 2), (null, 4)), "no row has an adapter");
        Refused(() => new((a, 0), (null, 0)), "no tokens");
        Refused(() => new((a, 2), (other, 4)), "another model");

        static void Refused(Func<TokenAdapters> make, string part) => Assert.Contains(part, Assert.Throws<ArgumentException>(make).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_over_several_positions_is_refused()
    {
        using var model = Digits.Model();
        using var adapter = Digits.Load(model, "rotated-lora");
        string message = Assert.ThrowsAny<Exception>(() => Digits.Run(model, new TokenAdapters((adapter, 32), (null, 32)))).Message;
        Assert.Contains("filter sees several positions", message, StringComparison.Ordinal);
        Assert.Contains("CONV_2D", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 2, 3 }, 0, 2, null)]
    [InlineData(new[] { 2, 1, 3 }, 2, 2, null)]
    [InlineData(new[] { 6 }, 2, 2, null)]
    [InlineData(new[] { 1, 6, 1 }, 6, 2, null)]
    [InlineData(new[] { 6 }, 1, 2, "inputs have 1 sequences, but segments are given for 2")]
    [InlineData(new[] { 3, 2 }, 0, 2, "lie as (3, 2), not as 2 sequences of 3 tokens")]
    [InlineData(new[] { 2, 4, 3 }, 2, 2, "has 12 rows for each of 2 sequences, but the segments have 3 tokens")]
    [InlineData(new[] { 2 }, 2, 2, "has 1 rows for each of 2 sequences, but the segments have 3 tokens")]
    [InlineData(new[] { 7 }, 0, 2, "7 rows cannot be shared out over 2 sequences of 3 tokens")]
    [InlineData(new[] { 3 }, 0, 1, null)]
    public void Rows_are_tokens_only_where_they_lie_so(int[] sizes, int known, int sequences, string? problem)
    {
        var refused = Record.Exception(() => new RowLayout(sizes, known, mixesPositions: false).RequireTokens(sequences, 3));
        if (problem is null) Assert.Null(refused);
        else Assert.Contains(problem, Assert.IsType<StepFault>(refused).Message, StringComparison.Ordinal);
    }

    private static void Check(Interpreter interpreter, (Adapter? Adapter, int Tokens)[][] segments, Adapter a, Adapter b)
    {
        float[] plain = TokenModel.Run(interpreter, null), first = TokenModel.Run(interpreter, a), second = TokenModel.Run(interpreter, b);
        Assert.Equal(3, new[] { plain, first, second }.Select(y => string.Join(' ', y)).Distinct().Count());
        float[] mixed = TokenModel.Run(interpreter, new TokenAdapters(segments));
        var expected = segments.SelectMany(s => s).SelectMany(s => Enumerable.Repeat(s.Adapter, s.Tokens))
            .SelectMany((adapter, row) => (adapter is null ? plain : adapter == a ? first : second).Skip(row * TokenModel.Outputs).Take(TokenModel.Outputs));
        Assert.Equal(expected, mixed);
    }
}
