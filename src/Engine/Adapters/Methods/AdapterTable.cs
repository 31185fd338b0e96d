using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>Every method that is understood: one row each.</summary>
internal static class AdapterTable
{
    public static readonly MethodEntry[] Entries =
    [
        MethodEntry.Of<AdaLora>(),
        MethodEntry.Of<Adamss>(),
        MethodEntry.Of<Beft>(),
        MethodEntry.Of<Boft>(),
        MethodEntry.Of<C3a>(),
        MethodEntry.Of<Cartridge>(),
        MethodEntry.Of<Deft>(),
        MethodEntry.Of<DeLora>(),
        MethodEntry.Of<FourierFt>(),
        MethodEntry.Of<Frod>(),
        MethodEntry.Of<GraLora>(),
        MethodEntry.Of<Hira>(),
        MethodEntry.Of<Hra>(),
        MethodEntry.Of<Ia3>(),
        MethodEntry.Of<Lily>(),
        MethodEntry.Of<LnTuning>(),
        MethodEntry.Of<LoHa>(),
        MethodEntry.Of<LoKr>(),
        MethodEntry.Of<Lora>(),
        MethodEntry.Of<Miss>(),
        MethodEntry.Of<Oft>(),
        MethodEntry.Of<Peanut>(),
        MethodEntry.Of<PrefixTuning>(),
        MethodEntry.Of<Psoft>(),
        MethodEntry.Of<Pvera>(),
        MethodEntry.Of<RandLora>(),
        MethodEntry.Of<Road>(),
        MethodEntry.Of<Shira>(),
        MethodEntry.Of<SuperTuning>(),
        MethodEntry.Of<TinyLora>(),
        MethodEntry.Of<TrainableTokens>(),
        MethodEntry.Of<UniLora>(),
        MethodEntry.Of<VbLora>(),
        MethodEntry.Of<Vera>(),
        MethodEntry.Of<WaveFt>(),
    ];

    public static MethodEntry Find(PeftConfig config)
    {
        string name = config.Text("peft_type") ?? throw new AdapterException($"{config.Path}: \"peft_type\" is missing: it names the method");
        return Array.Find(Entries, e => e.Name == name)
            ?? throw new AdapterException($"{config.Path}: peft_type \"{name}\" is not supported (supported: {string.Join(", ", Entries.Select(e => e.Name))})");
    }
}

/// <summary>A row of the table.</summary>
internal sealed record MethodEntry(string Name, MethodTraits Traits, Func<PeftSource, IEnumerable<IModuleChange>> Read, Func<PeftSource, KeyValuePrefix?> ReadPrefix,
    Func<PeftSource, Func<BaseSizes, IEnumerable<IModuleChange>>?> ReadForBase, string TensorPrefix)
{
    public static MethodEntry Of<T>() where T : IAdapterMethod => new(T.Name, T.Traits, T.Read, T.ReadPrefix, T.ReadForBase, T.TensorPrefix);
}
