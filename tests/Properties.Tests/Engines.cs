using Graft.Conformance.Comparing;
using Graft.Conformance.Reading;
using Graft.Conformance.Running;

namespace Graft.Properties;

/// <summary>What a run gave: its outputs, or the error that refused it.</summary>
internal sealed record Attempt(IReadOnlyList<Result>? Outputs, string Error)
{
    public bool Ran => Outputs is not null;

    /// <summary>False when the error is a fault rather than a message for the user.</summary>
    public bool IsClear { get; init; } = true;
}

/// <summary>An output: what is compared of it.</summary>
internal sealed record Result(DType Type, Shape Shape, Quantization? Quantization, byte[] Bytes)
{
    public Actual Actual => new(Type, Shape, Quantization, Bytes);

    /// <summary>This, as what others are compared with; <paramref name="alternatives"/> are the same output of other kernel sets.</summary>
    public ExpectedOutput Expect(int index, params IEnumerable<(string Kernels, Result Result)> alternatives)
    {
        var description = new TensorDescription("", Type, null, Quantization is null ? [] : Quantization.Scales,
            Quantization is null ? [] : Quantization.ZeroPoints, Quantization?.Axis ?? 0);
        return new(index, [new("out", Golden("out")), .. alternatives.Select(a => new KernelResult(a.Kernels, a.Result.Golden(a.Kernels)))], description);
    }

    private GoldenTensor Golden(string kernels) => new(kernels, Type, Shape, Bytes);
}

/// <summary>Runs a case with Graft.</summary>
internal static class Engines
{
    /// <param name="tried">The case.</param>
    /// <param name="kernels">Which kernels.</param>
    /// <param name="threads">Workers.</param>
    /// <param name="runs">Invocations, of which the last one's outputs are returned: none may leave traces.</param>
    public static Attempt Run(OneOpCase tried, KernelSet kernels, int threads = 1, int runs = 1)
    {
        try
        {
            using var model = Model.Load(tried.Model);
            using var interpreter = new Interpreter(model, new() { Kernels = kernels, Threads = threads });
            for (int run = 0; run < runs; run++)
            {
                for (int i = 0; i < tried.Feeds.Count; i++) tried.Feeds[i].Bytes.CopyTo(interpreter.Inputs[i].Bytes);
                interpreter.Invoke();
            }
            return new([.. interpreter.Outputs.Select(t => new Result(t.Type, t.Shape, t.Quantization, t.Bytes.ToArray()))], "");
        }
        catch (Exception e) when (ClearError.Is(e))
        {
            return new(null, ClearError.Describe(e));
        }
        // A fault of any kind is what this looks for.
        catch (Exception e)
        {
            return new(null, e.ToString()) { IsClear = false };
        }
    }
}
