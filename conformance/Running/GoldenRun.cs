using Graft.Conformance.Comparing;
using Graft.Conformance.Reading;

namespace Graft.Conformance.Running;

/// <summary>One comparison of a run: which tensor of the golden, and the verdict.</summary>
internal readonly record struct Comparison(string Key, Verdict Verdict);

/// <summary>Runs all steps of a golden on one model and compares every output.</summary>
internal static class GoldenRun
{
    /// <exception cref="GoldenException">The golden compares nothing.</exception>
    public static List<Comparison> Run(Golden golden, IModelRunner model, CancellationToken cancellation)
    {
        var rules = new ComparisonRules(model.Facts, golden.IsFromReferenceKernels);
        var comparisons = new List<Comparison>();
        foreach (var step in golden.Steps)
        {
            var entry = model.Select(step.Signature);
            Invoke(step, model, entry, cancellation);
            Compare(step, entry, golden.IsTrimmed, rules, comparisons);
        }
        bool compares = golden.Steps.Any(s => s.Outputs.Count > 0);
        bool isEmpty = golden.DeclaresNoOutputs && golden.Steps.All(s => model.Select(s.Signature).OutputCount == 0);
        if (!compares && !isEmpty) throw new GoldenException("the golden has no outputs");
        return comparisons;
    }

    /// <summary>Sets the inputs of a step and runs it.</summary>
    public static void Invoke(GoldenStep step, IModelRunner model, IEntryPoint entry, CancellationToken cancellation)
    {
        if (step.ResetsVariables) model.ResetVariables();
        foreach (var resize in step.Resizes) entry.Resize(resize.Input, resize.Shape, resize.IsStrict);
        foreach (var (index, tensor) in step.Inputs)
        {
            if (index >= entry.InputCount)
                throw new GoldenException($"the golden has {tensor.Key}, the model {entry.InputCount} inputs");
            if (tensor.Shape is { } shape && shape != entry.InputShape(index))
                entry.Resize(index, shape, isStrict: false);
        }
        foreach (var (index, tensor) in step.Inputs) entry.SetInput(index, tensor.Type, tensor.Bytes.Span);
        entry.Invoke(cancellation);
    }

    private static void Compare(GoldenStep step, IEntryPoint entry, bool isTrimmed, ComparisonRules rules,
        List<Comparison> comparisons)
    {
        for (int i = 0; i < entry.OutputCount; i++)
        {
            string key = $"{step.Prefix}out/{i}";
            if (step.Outputs.TryGetValue(i, out var expected))
                comparisons.Add(new(key, TensorComparer.Compare(expected, entry.Output(i), rules)));
            else if (!isTrimmed)
                comparisons.Add(new(key, Verdict.Fail("the model has this output, the golden has not")));
        }
        foreach (int index in step.Outputs.Keys.Where(i => i >= entry.OutputCount))
        {
            comparisons.Add(new($"{step.Prefix}out/{index}",
                Verdict.Fail($"the golden has this output, the model has {entry.OutputCount}")));
        }
    }
}
