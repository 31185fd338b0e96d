using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// Two random tensors that all modules of an adapter share: saved, or made again from the seed that was, at the sizes of the largest module.
/// Made again they are what PEFT makes on a CPU that has bfloat16, with torch 2.13.
/// </summary>
internal sealed class SharedBases
{
    private readonly Func<BaseModule, (AdapterTensor A, AdapterTensor B)> _for;

    private SharedBases(Func<BaseModule, (AdapterTensor A, AdapterTensor B)> found) => _for = found;

    /// <param name="source">The adapter.</param>
    /// <param name="parameter">What every module of the adapter has.</param>
    /// <param name="a">Name of the first tensor.</param>
    /// <param name="b">Name of the second.</param>
    /// <param name="rank">Dimensions of both.</param>
    /// <param name="make">Makes them, for the most outputs and the most inputs of a module.</param>
    public static SharedBases Read(PeftSource source, string parameter, string a, string b, int rank, Func<TorchGenerator, int, int, (AdapterTensor A, AdapterTensor B)> make)
    {
        long seed = source.Config.Integer("projection_prng_key") ?? 0;
        bool isSaved = source.Config.Flag("save_projection", true);
        if (source.Tensors.HasKey(a) && source.Tensors.HasKey(b))
        {
            var saved = (source.Tensors.TakeKey(a, rank), source.Tensors.TakeKey(b, rank));
            return new(_ => saved);
        }
        if (isSaved) throw source.Problem($"\"{a}\" and \"{b}\" are missing, but \"save_projection\" says that they were saved");
        string[] modules = source.Tensors.Modules(parameter);
        var lastSize = (Outputs: 0, Inputs: 0);
        (AdapterTensor, AdapterTensor) last = default;
        return new(module =>
        {
            var sizes = Array.ConvertAll(modules, m => module.Sizes(m));
            var size = (sizes.Max(s => s.Outputs), sizes.Max(s => s.Inputs));
            if (size != lastSize) (last, lastSize) = (make(new TorchGenerator((ulong)seed), size.Item1, size.Item2), size);
            return last;
        });
    }

    public (AdapterTensor A, AdapterTensor B) For(BaseModule module) => _for(module);
}
