using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>Cartridges: a trained cache of keys and values in place of a long text (Eyuboglu et al. 2025, arXiv 2506.06266); stored as a prefix.</summary>
internal sealed class Cartridge : IAdapterMethod
{
    public static string Name => "CARTRIDGE";

    public static MethodTraits Traits => PrefixTuning.Traits;

    public static string TensorPrefix => PrefixTuning.TensorPrefix;

    public static IEnumerable<IModuleChange> Read(PeftSource source) => [];

    public static KeyValuePrefix? ReadPrefix(PeftSource source)
    {
        source.Config.Ignore("num_frozen_tokens");
        return PrefixTuning.ReadPrefix(source);
    }
}
