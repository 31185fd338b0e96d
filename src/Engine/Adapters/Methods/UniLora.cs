using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// UniLoRA: LoRA factors whose elements are picked from one shared vector, A = theta[indices] * scales, B likewise. Indices that were not saved
/// follow from a seed and from all target modules of the base, in its own order: each occurs equally often, or once more.
/// </summary>
internal sealed class UniLora : IAdapterMethod
{
    private const string Shared = "base_model.unilora_theta_d", Targets = "target_modules";

    public static string Name => "UNILORA";

    public static MethodTraits Traits => MethodTraits.Additive;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("r", "theta_d_length", "proj_seed", "save_indices", "init_theta_d_bound", "init_weights", "unilora_dropout");
        float[] theta = source.Tensors.TakeKey(Shared, 1).Values;
        return IsSaved(source) ? MethodReading.Each(source, ["unilora_indices_A", "unilora_indices_B"], module => TermsChange.LowRank(module, Factors(source, module, theta))) : [];
    }

    public static Func<BaseSizes, IEnumerable<IModuleChange>>? ReadForBase(PeftSource source)
    {
        if (IsSaved(source)) return null;
        var config = source.Config;
        if (config.Flag("save_indices")) throw source.Problem("there are no indices, but \"save_indices\" says that they were saved");
        foreach (string key in (string[])["layers_to_transform", "layers_pattern"]) config.Refuse(key, "for some of the layers only, indices must be saved (save_indices=True)");
        config.Ignore("fan_in_fan_out", Targets, "exclude_modules");
        if (config.IsText(Targets) && config.Text(Targets) == "all-linear") throw source.Problem($"\"{Targets}\" must name the modules");
        float[] theta = source.Tensors.TakeKey(Shared, 1).Values;
        int rank = config.Count("r", 4);
        int seed = config.Integer("proj_seed") ?? 42;
        if (seed < 0) throw source.Problem($"\"proj_seed\" is {seed}; a seed is not negative");
        if (config.Integer("theta_d_length") is { } length && length != theta.Length) throw source.Problem($"\"theta_d_length\" is {length}, but the vector has {theta.Length} elements");
        return sizes => Made(source, sizes, theta, rank, (ulong)seed);
    }

    private static bool IsSaved(PeftSource source) => source.Tensors.Modules("unilora_indices_A").Length > 0;

    private static IEnumerable<IModuleChange> Made(PeftSource source, BaseSizes sizes, float[] theta, int rank, ulong seed)
    {
        string[] modules = [.. sizes.Linear.Where(m => NamePatterns.IsTarget(source.Config, Targets, m) && !NamePatterns.IsTarget(source.Config, "exclude_modules", m))];
        if (modules.Length == 0) throw source.Problem($"no module of the base is named by \"{Targets}\", and the files name none: give a binding map, or the base's weights");
        Array.Sort(modules, NaturalOrder.Compare);
        for (int i = 1; i < modules.Length; i++)
        {
            if (!NaturalOrder.IsKnown(modules[i - 1], modules[i]))
                throw source.Problem($"which of the modules \"{modules[i - 1]}\" and \"{modules[i]}\" comes first in the base is not known; save the adapter with save_indices=True");
        }
        var shapes = Array.ConvertAll(modules, m => sizes.Of(m));
        long count = shapes.Sum(s => (long)rank * (s.Outputs + s.Inputs));
        if (count > Array.MaxLength) throw source.Problem($"\"r\" {rank} makes {count} elements of all factors; the limit is {Array.MaxLength}");
        int[] indices = Indices((int)count, theta.Length, seed);
        var counts = new int[theta.Length];
        foreach (int index in indices) counts[index]++;
        float[] scaled = [.. theta.Select((value, i) => counts[i] == 0 ? 0 : value * (1 / MathF.Sqrt(counts[i])))];
        int at = 0;
        for (int i = 0; i < modules.Length; i++)
        {
            var (a, b) = (Next(rank, shapes[i].Inputs), Next(shapes[i].Outputs, rank));
            yield return TermsChange.LowRank(modules[i], _ => (a, b));
        }

        Matrix Next(int rows, int columns)
        {
            at += rows * columns;
            return new(rows, columns, Array.ConvertAll(indices[(at - rows * columns)..at], k => scaled[k]));
        }
    }

    private static int[] Indices(int count, int length, ulong seed)
    {
        var generator = new NumPyGenerator(seed);
        int[] repeated = [.. Enumerable.Range(0, length).SelectMany(i => Enumerable.Repeat(i, count / length))];
        int[] indices = count % length == 0 ? repeated : [.. repeated, .. generator.Choice(length, count % length)];
        generator.Shuffle(indices);
        return indices;
    }

    private static Func<BaseModule, (Matrix A, Matrix B)> Factors(PeftSource source, string module, float[] theta)
    {
        Matrix a = Picked(source, module, "A", theta), b = Picked(source, module, "B", theta);
        return _ => (a, b);
    }

    private static Matrix Picked(PeftSource source, string module, string which, float[] theta)
    {
        long[] indices = source.Tensors.TakeIntegers(source.Tensors.Key(module, "unilora_indices_" + which));
        var scales = source.Tensors.Take(module, "unilora_scales_" + which, 2).AsMatrix();
        if (indices.Length != scales.Values.Length) throw source.Problem($"module \"{module}\": indices and scales of {which} differ in number");
        var picked = new Matrix(scales.Rows, scales.Columns);
        for (int i = 0; i < indices.Length; i++)
        {
            if ((ulong)indices[i] >= (ulong)theta.Length) throw source.Problem($"module \"{module}\": index {indices[i]} is outside the vector of {theta.Length}");
            picked.Values[i] = theta[indices[i]] * scales.Values[i];
        }
        return picked;
    }
}
