namespace Graft.Cli.Generation;

/// <summary>
/// One signature of a byte-level language model: bytes at consecutive positions in, scores and caches out. Its cache inputs keep their contents from run to run, so only
/// rows that they do not have yet are copied into them.
/// </summary>
internal sealed class CachedStep
{
    private const int Bytes = 256;

    private readonly SignatureRunner _runner;
    private readonly Tensor _tokens, _positions, _scores;
    private readonly (Tensor Input, Tensor Output)[] _caches;
    private int _known;

    /// <exception cref="ArgumentException">The model has no such signature, or it is of another form.</exception>
    public CachedStep(Model model, Interpreter interpreter, string signature)
    {
        if (!model.SignatureKeys.Contains(signature))
            throw Unfit($"it has no signature '{signature}' ({(model.SignatureKeys.IsEmpty ? "it has none at all" : $"it has: {string.Join(", ", model.SignatureKeys)}")})");
        _runner = interpreter.GetSignatureRunner(signature);
        _tokens = Find(_runner.Inputs, "tokens", "input", s => s is [1, _], DType.Int32);
        Length = _tokens.Shape[1];
        _positions = Find(_runner.Inputs, "input_pos", "input", s => s.SequenceEqual([Length]), DType.Int32);
        _scores = Find(_runner.Outputs, "logits", "output", s => s.SequenceEqual([1, Length, Bytes]), DType.Float32);
        _caches = [.. _runner.Inputs.Where(t => t != _tokens && t != _positions).Select(Cache)];
        if (_caches.Length == 0) throw Unfit($"signature '{signature}' has no caches");
        Context = _caches[0].Input.Shape[2];
        if (Array.Find(_caches, c => c.Input.Shape[2] != Context).Input is { } odd) throw Unfit($"signature '{signature}': {odd} has another number of positions than {_caches[0].Input}");
    }

    /// <summary>How many bytes one run takes.</summary>
    public int Length { get; }

    /// <summary>How many positions the caches have.</summary>
    public int Context { get; }

    /// <summary>The scores of all bytes behind byte <paramref name="i"/> of the last run.</summary>
    public ReadOnlySpan<float> Scores(int i) => _scores.Span<float>().Slice(i * Bytes, Bytes);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (var (input, _) in _caches) input.Bytes.Clear();
        _known = 0;
    }

    /// <summary>Takes the rows before <paramref name="end"/> that are not here yet from what <paramref name="last"/> yielded.</summary>
    public void Take(CachedStep last, int end)
    {
        for (int i = 0; i < _caches.Length; i++)
        {
            var target = _caches[i].Input;
            Span<byte> to = target.Bytes, from = last._caches[i].Output.Bytes;
            int heads = target.Shape[1], head = to.Length / heads, row = head / Context;
            for (int h = 0; h < heads; h++)
            {
                int first = (h * head) + (_known * row);
                from.Slice(first, (end - _known) * row).CopyTo(to[first..]);
            }
        }
        _known = end;
    }

    /// <summary>Runs on bytes at positions from <paramref name="position"/> on; fewer than <see cref="Length"/> are followed by zeros, whose rows are never seen.</summary>
    public void Run(ReadOnlySpan<byte> bytes, int position, CancellationToken cancellation)
    {
        Span<int> tokens = _tokens.Span<int>(), positions = _positions.Span<int>();
        for (int i = 0; i < tokens.Length; i++) (tokens[i], positions[i]) = (i < bytes.Length ? bytes[i] : 0, position + i);
        _runner.Invoke(cancellation);
    }

    /// <summary>After a first run on empty caches, rows behind its own must still be empty; where they are not, the caches' third dimension is no position.</summary>
    public void CheckCaches()
    {
        foreach (var (_, output) in _caches)
        {
            int head = output.Bytes.Length / output.Shape[1], row = head / Context;
            for (int h = 0; h < output.Shape[1]; h++)
            {
                if (output.Bytes.Slice((h * head) + (Length * row), head - (Length * row)).ContainsAnyExcept((byte)0))
                    throw Unfit($"{output} was written behind position {Length - 1}, so its third dimension does not count positions");
            }
        }
    }

    /// <summary>Whether two steps can go on with each other's caches.</summary>
    public void RequireSameCaches(CachedStep other)
    {
        if (!_caches.Select(c => (c.Input.Name, c.Input.Type, c.Input.Shape)).SequenceEqual(other._caches.Select(c => (c.Input.Name, c.Input.Type, c.Input.Shape))))
            throw Unfit($"the caches of '{_runner.Key}' are not those of '{other._runner.Key}'");
    }

    private (Tensor Input, Tensor Output) Cache(Tensor input)
    {
        if (!input.Name.StartsWith("kv_cache_", StringComparison.Ordinal)) throw Unfit($"signature '{_runner.Key}' has an unknown input {input}");
        if (input.Shape.Rank != 4 || input.Shape[0] != 1) throw Unfit($"signature '{_runner.Key}': {input} is no cache");
        return (input, Find(_runner.Outputs, input.Name, "output", s => s.SequenceEqual(input.Shape.Dimensions), input.Type));
    }

    private Tensor Find(IEnumerable<Tensor> tensors, string name, string kind, Fits fits, DType type)
    {
        var tensor = tensors.FirstOrDefault(t => t.Name == name) ?? throw Unfit($"signature '{_runner.Key}' has no {kind} '{name}'");
        return tensor.Type == type && fits(tensor.Shape.Dimensions) ? tensor : throw Unfit($"signature '{_runner.Key}': {kind} {tensor} has another type or shape");
    }

    private static ArgumentException Unfit(string reason) => new($"this model cannot generate text: {reason}. Expected are the signatures 'prefill' and 'decode', each with inputs tokens int32 [1,n], "
        + "input_pos int32 [n] and kv_cache_... [1,heads,context,size], and outputs logits float32 [1,n,256] and the same caches; n is 1 for 'decode'");

    private delegate bool Fits(ReadOnlySpan<int> dimensions);
}
