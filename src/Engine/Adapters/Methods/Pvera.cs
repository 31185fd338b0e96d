using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>PVeRA: VeRA with a mean and a variance for each rank; at inference the mean alone counts.</summary>
internal sealed class Pvera : IAdapterMethod
{
    public static string Name => "PVERA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source) => Vera.Read(source, "pvera", halves: 2);
}
