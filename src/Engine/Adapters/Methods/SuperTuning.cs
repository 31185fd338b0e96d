using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>Super tuning: a sparse dW at stored flat indices; optionally a LoRA beside it.</summary>
internal sealed class SuperTuning : IAdapterMethod
{
    public static string Name => "SUPERTUNING";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        var config = source.Config;
        config.Ignore("sparsity", "select_top", "save_precomputed_indices", "init_weights");
        config.Refuse("r", "super tuning with a LoRA beside it is not supported");
        config.Ignore("lora_alpha");
        return MethodReading.Each(source, ["supertuning_values"], module =>
        {
            float[] values = source.Tensors.Take(module, "supertuning_values", 1).Values;
            long[] indices = source.Tensors.TakeIntegers(source.Tensors.Key(module, "supertuning_indices"));
            if (indices.Length != values.Length) throw source.Problem($"module \"{module}\": {values.Length} values, {indices.Length} indices");
            return TermsChange.Dense(module, m =>
            {
                var delta = new Matrix(m.Outputs, m.Inputs);
                for (int i = 0; i < values.Length; i++) Sparse.Add(delta, indices[i] / m.Inputs, indices[i] % m.Inputs, values[i]);
                return delta;
            });
        });
    }
}
