using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>Every method that is understood: one row each.</summary>
internal static class AdapterTable
{
    public static readonly MethodEntry[] Entries =
    [
        MethodEntry.Of<Ia3>(),
        MethodEntry.Of<Lora>(),
    ];

    public static MethodEntry Find(PeftConfig config)
    {
        string name = config.Text("peft_type") ?? throw new AdapterException($"{config.Path}: \"peft_type\" is missing: it names the method");
        return Array.Find(Entries, e => e.Name == name)
            ?? throw new AdapterException($"{config.Path}: peft_type \"{name}\" is not supported (supported: {string.Join(", ", Entries.Select(e => e.Name))})");
    }
}

/// <summary>A row of the table.</summary>
internal sealed record MethodEntry(string Name, MethodTraits Traits, Func<PeftSource, IEnumerable<IModuleChange>> Read)
{
    public static MethodEntry Of<T>() where T : IAdapterMethod => new(T.Name, T.Traits, T.Read);
}
