using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Graft.Cli.Generation;

namespace Graft.Cli.Commands;

/// <summary><c>graft generate</c>: lets a byte-level language model go on with a text.</summary>
internal static class GenerateCommand
{
    private static readonly Argument<string> s_model = Choices.Model();
    private static readonly Option<string> s_prompt = new("--prompt", "-p") { Description = "The text to go on with.", HelpName = "TEXT", Required = true };
    private static readonly Option<string[]> s_adapter =
        AdapterArgument.Option("Generate with this adapter, at this scale (1 if none is given). Repeat it for several that act together, or, with --compare, one after the other.");
    private static readonly Option<int> s_count = Choices.Count("--max-tokens", 160, "How many bytes at most.");
    private static readonly Option<double> s_temperature = new("--temperature") { Description = "0 always takes the likeliest byte; larger numbers leave more to chance.", HelpName = "T" };
    private static readonly Option<int> s_topK = new("--top-k") { Description = "Choose among the likeliest K bytes only; 0 for all.", HelpName = "K" };
    private static readonly Option<int> s_seed = new("--seed") { Description = "Seed of the choices; the same seed gives the same text.", HelpName = "S" };
    private static readonly Option<bool> s_compare = new("--compare") { Description = "The base and each adapter in turn, with the same prompt and seed." };
    private static readonly Option<int> s_threads = Choices.Threads();

    public static Command Create() => Verb.Create("generate", "Goes on with a text, with a byte-level language model that has the signatures 'prefill' and 'decode'.",
        [s_model, s_prompt, s_adapter, .. AdapterArgument.Options, s_count, s_temperature, s_topK, s_seed, s_compare, s_threads], Run);

    private static int Run(Invocation invocation)
    {
        using var model = Model.Load(invocation.Get(s_model));
        string[] arguments = invocation.Get(s_adapter) ?? [];
        bool isComparison = invocation.Get(s_compare);
        if (isComparison && arguments.Length == 0) throw new ArgumentException("--compare needs an --adapter to compare the base with");
        var adapters = new List<Adapter?>();
        try
        {
            if (isComparison)
            {
                adapters.Add(null);
                foreach (string argument in arguments) adapters.Add(AdapterArgument.LoadOne(model, argument, invocation));
            }
            else adapters.Add(AdapterArgument.Load(model, arguments, invocation));
            var texts = new List<Text>();
            foreach (var adapter in adapters)
            {
                using var generator = new ByteGenerator(model, adapter, new() { Threads = invocation.Get(s_threads) });
                if (isComparison && !invocation.IsJson) invocation.Output.WriteLine($"{(texts.Count == 0 ? "" : "\n")}== {adapter?.Name ?? "base"}");
                texts.Add(Generate(invocation, generator, adapter));
            }
            if (invocation.IsJson) WriteJson(invocation, texts);
            return ExitCode.Success;
        }
        finally
        {
            foreach (var adapter in adapters) adapter?.Dispose();
        }
    }

    private static Text Generate(Invocation invocation, ByteGenerator generator, Adapter? adapter)
    {
        var sampler = new ByteSampler(invocation.Get(s_temperature), invocation.Get(s_topK), invocation.Get(s_seed));
        byte[] prompt = Encoding.UTF8.GetBytes(invocation.Get(s_prompt)!);
        var bytes = new List<byte>();
        var stream = new Utf8Stream(invocation.IsJson ? TextWriter.Null : invocation.Output);
        var clock = Stopwatch.StartNew();
        bool isCancelled = false;
        try
        {
            foreach (byte next in generator.Generate(prompt, invocation.Get(s_count), sampler, invocation.Cancellation))
            {
                bytes.Add(next);
                stream.Write(next);
            }
        }
        catch (OperationCanceledException) when (!invocation.IsJson)
        {
            isCancelled = true;
        }
        var text = new Text(adapter?.Name, prompt.Length + 1, bytes, generator.PrefillTime, clock.Elapsed - generator.PrefillTime, generator.Stopped);
        if (!invocation.IsJson)
        {
            stream.End();
            invocation.Output.WriteLine();
            invocation.Output.Flush();
            invocation.Error.WriteLine(text.Summary(generator.Context));
        }
        return isCancelled ? throw new OperationCanceledException() : text;
    }

    private static void WriteJson(Invocation invocation, List<Text> texts) => invocation.Json(json =>
    {
        json.WriteString("prompt", invocation.Get(s_prompt));
        json.Array("texts", texts, (j, text) =>
        {
            j.WriteStartObject();
            j.WriteString("adapter", text.Adapter);
            j.WriteString("text", Encoding.UTF8.GetString([.. text.Bytes]));
            j.WriteBase64String("bytes", [.. text.Bytes]);
            j.WriteNumber("prompt_tokens", text.PromptCount);
            j.WriteNumber("tokens", text.Bytes.Count);
            j.WriteString("stopped", text.Stopped?.ToString().ToLowerInvariant());
            j.WriteNumber("prefill_ms", text.Prefill.TotalMilliseconds);
            j.WriteNumber("tokens_per_second", text.Rate);
            j.WriteEndObject();
        });
    });

    /// <summary>What was generated, and how fast.</summary>
    private sealed record Text(string? Adapter, int PromptCount, List<byte> Bytes, TimeSpan Prefill, TimeSpan Decoding, StopReason? Stopped)
    {
        // The first byte comes from the prefill.
        public double Rate => Bytes.Count > 1 ? (Bytes.Count - 1) / Decoding.TotalSeconds : 0;

        public string Summary(int context) => string.Create(CultureInfo.InvariantCulture,
            $"[{Adapter ?? "base"}: prefill of {PromptCount} in {Prefill.TotalMilliseconds:F1} ms, {Bytes.Count} bytes at {Rate:F0} per second; {Ending(context)}]");

        private string Ending(int context) => Stopped switch
        {
            StopReason.Separator => "the model ended the document",
            StopReason.Context => $"the context of {context} is full",
            StopReason.Count => "stopped at --max-tokens",
            _ => "cancelled",
        };
    }
}
