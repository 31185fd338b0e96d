using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>Trainable tokens: rows of an embedding are replaced.</summary>
internal sealed class TrainableTokens : IAdapterMethod
{
    private const string Parameter = "trainable_tokens_delta";

    public static string Name => "TRAINABLE_TOKENS";

    public static MethodTraits Traits => MethodTraits.Linear;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        int[] indices = source.Config.Integers("token_indices") ?? throw source.Problem("\"token_indices\" is missing");
        return MethodReading.Each(source, [Parameter], module => new TokenRowsChange(module, indices, source.Tensors.Take(module, Parameter, 2)));
    }
}
