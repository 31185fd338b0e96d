namespace Graft.Conformance.Adapters;

/// <summary>
/// Runs an adapter case on one of its base's models: the model with the adapter beside it must give what is expected, and without it,
/// before and after, the same bits. A case that would pass with the adapter ignored fails.
/// </summary>
internal sealed class AdapterRun(AdapterCase one, AdapterTarget target, KernelSet kernels)
{
    /// <summary>
    /// How much of a change may depend on who bound the adapter: factors fitted to weights of 4 bits are off by hundredths, at a wrong place
    /// all of it would differ.
    /// </summary>
    private const double ChangeShare = 0.1;

    private readonly List<string> _problems = [];

    /// <summary>Largest error as a multiple of the tolerance, over all outputs.</summary>
    public double WorstRatio { get; private set; }

    public double WorstError { get; private set; }

    public int Comparisons { get; private set; }

    /// <summary>1 when the merged model ran, 0 when merging was refused.</summary>
    public int MergedRuns { get; private set; }

    /// <summary>Bindings without a map that were not refused.</summary>
    public int OwnBindings { get; private set; }

    public IReadOnlyList<string> Problems => _problems;

    public void Run(CancellationToken cancellation)
    {
        using var run = new BaseRun(one, target.ModelPath, kernels);
        var before = run.Outputs(null, cancellation);
        using var adapter = run.Load(one.Folder);
        var adapted = run.Outputs(adapter, cancellation);
        var after = run.Outputs(null, cancellation);
        _problems.AddRange(BaseRun.Differences(before, after).Select(name => $"{name}: detaching does not give the base's bits again"));
        Compare(before, adapted);
        if (kernels == KernelSet.Fast)
        {
            ByNames(run, before, adapted, cancellation);
            ByValues(run, before, cancellation);
        }
        Merged(run, adapter, before, cancellation);
    }

    /// <summary>
    /// Bound by names, without the map: refused, or the same adapter. What is left of a difference between the two changes is that of the
    /// vectors which converters fold, as the base has them and as the model does.
    /// </summary>
    private void ByNames(BaseRun run, Dictionary<string, float[]> before, Dictionary<string, float[]> adapted, CancellationToken cancellation)
    {
        try
        {
            using var adapter = run.Model.LoadAdapter(one.Folder);
            var outputs = run.Outputs(adapter, cancellation);
            OwnBindings++;
            foreach (var (name, values) in outputs)
            {
                double off = Distance(values, adapted[name]), change = Distance(before[name], adapted[name]);
                if (off > ChangeShare * change) _problems.Add($"{name}: bound by names it gives other outputs than by the map: {off:G3} off, the change is {change:G3}");
            }
        }
        // Names may leave it open.
        catch (AdapterException)
        {
        }
    }

    /// <summary>Bound by the base's weights it must give what is expected.</summary>
    private void ByValues(BaseRun run, Dictionary<string, float[]> before, CancellationToken cancellation)
    {
        if (!File.Exists(one.WeightsPath)) return;
        using var adapter = run.Model.LoadAdapter(one.Folder, new() { BaseWeights = one.WeightsPath });
        Compare(before, run.Outputs(adapter, cancellation), "bound by values, ");
        OwnBindings++;
    }

    private static double Distance(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        return Math.Sqrt(sum);
    }

    private void Merged(BaseRun run, Adapter adapter, Dictionary<string, float[]> before, CancellationToken cancellation)
    {
        try
        {
            Compare(before, run.MergedOutputs(adapter, cancellation), "merged, ", isMerged: true);
            MergedRuns++;
        }
        // Integer weights may keep too little of a change; what the method's own library cannot merge need not be mergeable here.
        catch (AdapterException e) when (!target.IsExact || !one.IsMergeable)
        {
            _ = e;
        }
    }

    private void Compare(Dictionary<string, float[]> plain, Dictionary<string, float[]> adapted, string path = "", bool isMerged = false)
    {
        bool isActive = false;
        int drowned = 0, before = Comparisons;
        foreach (var (name, values) in adapted)
        {
            if (target.Expectation(name, isMerged) is not { } expected) continue;
            var (error, ignored) = (expected.Error(plain[name], values), expected.Error(plain[name], plain[name]));
            if (double.IsNaN(error))
            {
                drowned++;
                continue;
            }
            isActive |= ignored > expected.Tolerance || (ignored == 0 && !values.AsSpan().SequenceEqual(plain[name]));
            Comparisons++;
            if (error / expected.Tolerance > WorstRatio) (WorstRatio, WorstError) = (error / expected.Tolerance, error);
            if (!(error <= expected.Tolerance)) _problems.Add($"{path}{name}: {error:G3} off, allowed {expected.Tolerance:G3} (without the adapter: {ignored:G3})");
        }
        if (Comparisons + drowned == 0) _problems.Add("nothing is expected of any output of the model");
        else if (Comparisons > before && !isActive) _problems.Add($"{path}the case would pass with the adapter ignored");
    }
}
