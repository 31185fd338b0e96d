namespace Graft.Adapters.Form;

/// <summary>What an adapter does to one module of the base, in the terms of its method; resolved to the normal form for a given base.</summary>
internal interface IModuleChange
{
    /// <summary>Path of the module in the base: <c>bert.encoder.layer.0.attention.self.query</c>.</summary>
    string Module { get; }

    /// <summary>Whether the change of an embedding also holds for an output layer that shares its weight.</summary>
    bool ActsOnTied => false;

    /// <summary>
    /// Whether it changes what all others make of the module, as rotations of the input do. The first of several acts first on the input, so
    /// it is resolved last.
    /// </summary>
    bool ActsOnSum => false;

    /// <summary>Adds the terms for this base.</summary>
    /// <param name="module">The module as it is deployed; quantised weights are seen dequantised.</param>
    /// <param name="weight">The adapter's scale for this activation; 1 is as trained.</param>
    /// <param name="terms">Where the terms go.</param>
    /// <exception cref="AdapterException">Shapes do not fit, or the method has no such scale.</exception>
    void Resolve(BaseModule module, float weight, LinearTerms terms);
}
