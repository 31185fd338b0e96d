using Graft.Adapters.Form;

namespace Graft.Adapters.Binding;

/// <summary>
/// Carries terms of a module over to the node that holds it. The node sees n where the module sees x = g * n + beta, and yields
/// f * y where the module yields y: A' = A diag(g), B' = diag(f) B, D' = diag(f) D diag(g), and constants join the bias.
/// </summary>
internal static class FoldedTerms
{
    /// <param name="terms">Terms of the module.</param>
    /// <param name="weight">W of the module; read only when an output scale meets an input offset.</param>
    /// <param name="f">Factors of the outputs, or null.</param>
    /// <param name="g">Factors of the inputs, or null.</param>
    /// <param name="beta">What is added to the inputs, or null.</param>
    public static LinearTerms Fold(LinearTerms terms, Func<Matrix> weight, float[]? f, float[]? g, float[]? beta)
    {
        if (f is null && g is null && beta is null) return terms;
        var folded = new LinearTerms(terms.Outputs, terms.Inputs);
        foreach (var term in terms.LowRanks)
        {
            var b = f is null ? term.B : term.B.ScaledRows(f);
            folded.AddLowRank(g is null ? term.A : term.A.ScaledColumns(g), b, term.Patch);
            if (beta is not null) folded.AddBias(b.Times(term.A.Times(beta)));
        }
        if (terms.Dense is { } dense)
        {
            var scaled = f is null ? dense : dense.ScaledRows(f);
            folded.AddDense(g is null ? scaled : scaled.ScaledColumns(g));
            if (beta is not null) folded.AddBias(scaled.Times(beta));
        }
        if (terms.Scale is { } scale)
        {
            folded.MultiplyScale(scale);
            if (beta is not null) folded.AddBias(Product(Array.ConvertAll(scale, s => s - 1), weight().Times(beta), f));
        }
        if (terms.Bias is { } bias) folded.AddBias(f is null ? bias : Product(bias, f, null));
        foreach (var (column, values) in terms.Columns) folded.AddColumn(column, values);
        foreach (var function in terms.Functions) folded.AddFunction(function.Folded(f, g, beta));
        foreach (var branch in terms.Branches) folded.AddBranch(new FoldedBranch(branch, terms.Outputs, terms.Inputs, f, g, beta));
        return folded;
    }

    private static float[] Product(float[] a, float[] b, float[]? c)
    {
        var product = new float[a.Length];
        for (int i = 0; i < product.Length; i++) product[i] = a[i] * b[i] * (c?[i] ?? 1);
        return product;
    }
}

/// <summary>A branch whose input and output were scaled by a converter.</summary>
internal sealed class FoldedBranch(IBranch inner, int outputs, int inputs, float[]? f, float[]? g, float[]? beta) : IBranch
{
    public int WorkspaceLength => inner.WorkspaceLength + inputs + outputs;

    public void AddTo(ReadOnlySpan<float> x, Span<float> y, int rows, Span<float> workspace)
    {
        var logical = workspace[..(rows * inputs)];
        var result = workspace.Slice(rows * inputs, rows * outputs);
        for (int i = 0; i < logical.Length; i++) logical[i] = x[i] * (g?[i % inputs] ?? 1) + (beta?[i % inputs] ?? 0);
        result.Clear();
        inner.AddTo(logical, result, rows, workspace[(rows * (inputs + outputs))..]);
        for (int i = 0; i < result.Length; i++) y[i] += result[i] * (f?[i % outputs] ?? 1);
    }
}
