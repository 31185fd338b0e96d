using System.Runtime.InteropServices;
using Graft.Safetensors;

namespace Graft.Conformance.Adapters;

/// <summary>What an output is compared with.</summary>
/// <param name="Tolerance">The largest error allowed.</param>
/// <param name="Error">The error, from the output without and with the adapter.</param>
internal readonly record struct AdapterExpectation(double Tolerance, Func<float[], float[], double> Error);

/// <summary>
/// One of a base's models, and what an adapter must give there: the golden itself on the float model; the golden made with the very weights
/// that a file carries, where there is one; elsewhere the change of the outputs, compared with the change on the float model.
/// </summary>
internal sealed class AdapterTarget(string modelPath, bool isExact, Func<string, bool, AdapterExpectation?> expectation)
{
    /// <summary>
    /// The relative error of the delivered change that is allowed: a part of its own, and the base's own error on the model as often as two
    /// independent errors of its size give, that of the base and that of the adapted base. See docs/conformance.md.
    /// </summary>
    private const double ChangeBound = 0.15, NoiseShare = 1.4142135623730951;

    /// <summary>More is allowed where activations are integers: what an adapter adds may leave the ranges that were calibrated without it.</summary>
    private const double SaturationBound = 0.25;

    /// <summary>What merging adds: rounding in float, and the part of a change that integers may lose.</summary>
    private const double MergedFloats = 3e-5, MergedShare = 0.25;

    public string ModelPath { get; } = modelPath;

    /// <summary>Whether the adapter's outputs themselves are known, so that no integers round between.</summary>
    public bool IsExact { get; } = isExact;

    public AdapterExpectation? Expectation(string output, bool isMerged) => expectation(output, isMerged);

    /// <summary>The float model first, then every other one that the base's description speaks of.</summary>
    public static IEnumerable<AdapterTarget> Of(AdapterCase one)
    {
        var golden = SafetensorsFile.Open(one.GoldenPath);
        yield return new(one.ModelPath, true, (name, merged) => golden.TryGet("adapted/" + name, out var t) ? Equal(t, one.Tolerance(name) + (merged ? MergedFloats : 0)) : null);
        // What the adapter changes is measured from what the float model gives without it.
        var plain = new Lazy<Dictionary<string, float[]>>(() =>
        {
            using var run = new BaseRun(one, one.ModelPath, KernelSet.Fast);
            return run.Outputs(null, CancellationToken.None);
        });
        foreach (string path in one.SiblingPaths())
        {
            string stem = Path.GetFileNameWithoutExtension(path), own = Path.Combine(one.BaseFolder, "on_quantised", stem + ".safetensors");
            string key = Path.GetFileName(one.Folder) + "/";
            if (File.Exists(own) && SafetensorsFile.Open(own) is var file && file.TryGet(key + "logits", out _))
            {
                double tolerance = stem.Contains("dyn4b32", StringComparison.Ordinal) ? 0.05 : one.BaseName.StartsWith("llama", StringComparison.Ordinal) ? 2e-5 : 1e-5;
                yield return new(path, !stem.Contains("dyn", StringComparison.Ordinal), (name, merged) => file.TryGet(key + name, out var t) ? Equal(t, tolerance + (merged ? MergedFloats : 0)) : null);
                continue;
            }
            double bound = ChangeBound + (stem.Contains("static", StringComparison.Ordinal) || stem.EndsWith("int8", StringComparison.Ordinal) ? SaturationBound : 0);
            yield return new(path, false, (name, merged) =>
                golden.TryGet("adapted/" + name, out var t) && plain.Value.TryGetValue(name, out float[]? b) ? Change(b, t, bound + (merged ? MergedShare : 0)) : null);
        }
    }

    private static AdapterExpectation Equal(SafetensorsTensor expected, double tolerance) => new(tolerance, (_, adapted) => RealTensor.Error(expected, adapted));

    /// <summary>The error in units of what is allowed. NaN where the base's error drowns the change: then nothing can be said.</summary>
    private static AdapterExpectation Change(float[] b, SafetensorsTensor adapted, double bound) => new(1, (before, after) =>
    {
        var a = MemoryMarshal.Cast<byte, float>(adapted.Bytes);
        if (a.Length > after.Length) return double.PositiveInfinity;
        double error = 0, change = 0, noise = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double expected = (double)a[i] - b[i], actual = (double)after[i] - before[i], off = (double)before[i] - b[i];
            error += (actual - expected) * (actual - expected);
            change += expected * expected;
            noise += off * off;
        }
        if (change == 0) return error == 0 ? 0 : double.PositiveInfinity;
        double allowed = bound + NoiseShare * Math.Sqrt(noise / change);
        if (allowed >= 1) return double.NaN;
        double ratio = Math.Sqrt(error / change) / allowed;
        return double.IsNaN(ratio) ? double.PositiveInfinity : ratio;
    });
}
