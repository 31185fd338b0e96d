using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// New rows for single tokens of an embedding (<c>trainable_token_indices</c>, and the method TRAINABLE_TOKENS). The parameter is called
/// a delta, but holds the rows themselves.
/// </summary>
internal static class TokenRows
{
    public const string Parameter = "token_adapter.trainable_tokens_delta";

    /// <summary>The rows that another method's adapter stores beside its own parameters.</summary>
    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        int[]? shared = config.Integers("trainable_token_indices");
        foreach (string module in source.Tensors.Modules(Parameter))
        {
            int[]? indices = shared ?? config.Members("trainable_token_indices").Where(m => NamePatterns.IsAny([m.Key], module))
                .Select(m => config.Integers("trainable_token_indices", m.Value)).FirstOrDefault();
            if (indices is null) throw source.Problem($"there are token rows for \"{module}\", but \"trainable_token_indices\" does not say which tokens");
            yield return new TokenRowsChange(module, indices, source.Tensors.Take(module, Parameter, 2));
        }
    }
}

/// <summary>Rows of an embedding that are replaced.</summary>
internal sealed class TokenRowsChange(string module, int[] indices, AdapterTensor rows) : IModuleChange
{
    public string Module { get; } = module;

    public bool ActsOnTied => true;

    public void Resolve(BaseModule module, float weight, LinearTerms terms)
    {
        Scales.RequireOne(Module, weight);
        if (module.Kind != ModuleKind.Embedding) throw new AdapterException($"{rows}: module \"{Module}\" is no embedding");
        if (rows.Shape[0] != indices.Length) throw new AdapterException($"{rows}: {indices.Length} tokens need as many rows");
        if (rows.Shape[1] != module.Outputs) throw new AdapterException($"{rows} must have {module.Outputs} columns");
        var seen = new HashSet<int>();
        for (int i = 0; i < indices.Length; i++)
        {
            int token = indices[i];
            if ((uint)token >= (uint)module.Inputs) throw new AdapterException($"{rows}: token {token} is outside the vocabulary of {module.Inputs}");
            if (!seen.Add(token)) throw new AdapterException($"{rows}: token {token} appears twice");
            var delta = new float[module.Outputs];
            for (int d = 0; d < delta.Length; d++) delta[d] = rows.Values[i * module.Outputs + d] - module.Weight[d, token];
            terms.AddColumn(token, delta);
        }
    }
}
