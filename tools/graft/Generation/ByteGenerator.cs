using System.Diagnostics;

namespace Graft.Cli.Generation;

/// <summary>
/// Generates bytes with a language model that has the signatures <c>prefill</c> and <c>decode</c> and caches that are inputs and outputs. Byte 0 begins and ends documents.
/// The adapter belongs to the generator from its making on, as caches hold what an adapter computed: for another adapter make another generator. Used by one thread at a time.
/// </summary>
internal sealed class ByteGenerator : IDisposable
{
    public const byte Separator = 0;

    private readonly Interpreter _interpreter;
    private readonly CachedStep _prefill, _decode;
    private CachedStep? _last;
    private int _sequence;

    /// <exception cref="ArgumentException">The model cannot generate text, or the adapter is bound to another model.</exception>
    public ByteGenerator(Model model, AdapterSelection? adapter = null, InterpreterOptions? options = null)
    {
        _interpreter = new Interpreter(model, options);
        try
        {
            Adapter = _interpreter.Adapter = adapter;
            (_prefill, _decode) = (new(model, _interpreter, "prefill"), new(model, _interpreter, "decode"));
            if (_decode.Length != 1) throw new ArgumentException($"signature 'decode' takes {_decode.Length} bytes at once; expected is 1");
            _decode.RequireSameCaches(_prefill);
        }
        catch
        {
            _interpreter.Dispose();
            throw;
        }
    }

    /// <summary>What the model runs with; null for the base alone.</summary>
    public AdapterSelection? Adapter { get; }

    /// <summary>How many bytes a sequence can have in the caches, the leading 0 included.</summary>
    public int Context => _decode.Context;

    /// <summary>How many bytes of a prompt are computed at once.</summary>
    public int PrefillLength => _prefill.Length;

    /// <summary>How long the present sequence's prompt took.</summary>
    public TimeSpan PrefillTime { get; private set; }

    /// <summary>Why the last sequence ended; null before it does.</summary>
    public StopReason? Stopped { get; private set; }

    /// <summary>
    /// Begins a sequence, and computes each byte when it is asked for. A sequence that was begun before cannot go on.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is longer than the context.</exception>
    public IEnumerable<byte> Generate(ReadOnlyMemory<byte> prompt, int countMax, ByteSampler sampler, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentOutOfRangeException.ThrowIfNegative(countMax);
        if (prompt.Length + 1 > Context)
            throw new ArgumentException($"the prompt has {prompt.Length} bytes; the model has room for {Context - 1} behind the byte 0 that begins a document", nameof(prompt));
        return Sequence([Separator, .. prompt.Span], countMax, sampler, cancellation);
    }

    public void Dispose() => _interpreter.Dispose();

    private IEnumerable<byte> Sequence(byte[] prompt, int countMax, ByteSampler sampler, CancellationToken cancellation)
    {
        int sequence = ++_sequence, position = prompt.Length;
        Stopped = null;
        int at = Prefill(prompt, cancellation);
        for (int count = 0; count < countMax; count++)
        {
            if (count > 0)
            {
                if (position == Context)
                {
                    Stopped = StopReason.Context;
                    yield break;
                }
                Step(_decode, prompt, position++, cancellation);
                at = 0;
            }
            byte next = sampler.Next(_last!.Scores(at));
            if (next == Separator)
            {
                Stopped = StopReason.Separator;
                yield break;
            }
            yield return next;
            if (sequence != _sequence) throw new InvalidOperationException("another sequence was begun, whose caches took the place of this one's");
            prompt = [next];
        }
        Stopped = StopReason.Count;
    }

    /// <summary>Computes the prompt: whole prefills as long as they fit into the caches, then byte by byte.</summary>
    /// <returns>Which byte of the last run is the prompt's last one.</returns>
    private int Prefill(ReadOnlySpan<byte> prompt, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        bool isFirst = _last is null;
        _last = null;
        _prefill.Clear();
        _decode.Clear();
        int at = 0, position = 0;
        while (position < prompt.Length)
        {
            var step = position + _prefill.Length <= Context ? _prefill : _decode;
            var bytes = prompt.Slice(position, Math.Min(step.Length, prompt.Length - position));
            Step(step, bytes, position, cancellation);
            if (isFirst && position == 0 && step == _prefill) step.CheckCaches();
            position += bytes.Length;
            at = bytes.Length - 1;
        }
        PrefillTime = Stopwatch.GetElapsedTime(start);
        return at;
    }

    private void Step(CachedStep step, ReadOnlySpan<byte> bytes, int position, CancellationToken cancellation)
    {
        if (_last is not null) step.Take(_last, position);
        step.Run(bytes, position, cancellation);
        _last = step;
    }
}
