using Graft.Adapters.Form;

namespace Graft.Adapters.Methods;

/// <summary>A change whose terms a function gives: what most methods come down to.</summary>
/// <param name="module">Path of the module.</param>
/// <param name="isScalable">Whether a scale other than 1 makes sense.</param>
/// <param name="resolve">Adds the terms, for a scale.</param>
internal sealed class TermsChange(string module, bool isScalable, Action<BaseModule, float, LinearTerms> resolve) : IModuleChange
{
    public string Module { get; } = module;

    public bool ActsOnSum { get; private init; }

    public void Resolve(BaseModule module, float weight, LinearTerms terms)
    {
        if (!isScalable) Scales.RequireOne(Module, weight);
        try
        {
            resolve(module, weight, terms);
        }
        catch (ArgumentException e)
        {
            throw new AdapterException($"module \"{Module}\" ({module.Outputs} x {module.Inputs}): shapes do not fit: {e.Message}", e);
        }
    }

    /// <summary>W + delta(W), times the scale.</summary>
    public static TermsChange Dense(string module, Func<BaseModule, Matrix> delta) =>
        new(module, true, (m, weight, terms) => terms.AddDense(Fitting(delta(m), m).Scaled(weight)));

    /// <summary>B A, times the scale; A (r, in), B (out, r).</summary>
    public static TermsChange LowRank(string module, Func<BaseModule, (Matrix A, Matrix B)> factors) => new(module, true, (m, weight, terms) =>
    {
        var (a, b) = factors(m);
        if (a.Columns != m.Inputs || b.Rows != m.Outputs) throw new ArgumentException($"factors {b.Rows} x {b.Columns} and {a.Rows} x {a.Columns}");
        terms.AddLowRank(a, b.Scaled(weight));
    });

    /// <summary>W replaced by a function of it; no scale.</summary>
    public static TermsChange Replace(string module, Func<BaseModule, Matrix> replacement) =>
        new(module, false, (m, _, terms) => terms.AddDense(Fitting(replacement(m), m).Plus(m.Weight, -1))) { ActsOnSum = true };

    private static Matrix Fitting(Matrix delta, BaseModule module) => delta.Rows == module.Outputs && delta.Columns == module.Inputs ? delta
        : throw new ArgumentException($"a change of {delta.Rows} x {delta.Columns}");
}
