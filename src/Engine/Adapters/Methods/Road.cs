using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// RoAd (Liao and Monz 2024, arXiv 2409.00119): outputs, bias included, rotated and scaled in pairs i and i + group / 2 of each group:
/// y' = c * y + s * rotate(y). Stored are an angle and a length for each pair (road_1), each output (road_2), or each factor (road_4).
/// </summary>
internal sealed class Road : IAdapterMethod
{
    public static string Name => "ROAD";

    public static MethodTraits Traits => MethodTraits.Linear;

    public static IEnumerable<IModuleChange> Read(PeftSource source)
    {
        source.Config.Ignore("init_weights");
        string variant = source.Config.Text("variant") ?? "road_1";
        int group = source.Config.Count("group_size", 64);
        if (variant is not ("road_1" or "road_2" or "road_4")) throw source.Problem($"\"variant\" is \"{variant}\" (known: road_1, road_2, road_4)");
        if (group % 2 != 0) throw source.Problem($"\"group_size\" is {group}; it must be even");
        return MethodReading.Each(source, ["road_theta", "road_alpha"], module =>
        {
            float[] theta = source.Tensors.Take(module, "road_theta", 1).Values, alpha = source.Tensors.Take(module, "road_alpha", 1).Values;
            return new TermsChange(module, false, (m, _, terms) =>
            {
                int size = variant == "road_1" ? m.Outputs / 2 : variant == "road_2" ? m.Outputs : 2 * m.Outputs;
                if (m.Outputs % group != 0 || theta.Length != size || alpha.Length != size) throw new ArgumentException($"{theta.Length} angles in groups of {group}");
                var rotation = Rotation(m.Outputs, group, variant, theta, alpha);
                terms.AddDense(rotation.Times(m.Weight).Plus(m.Weight, -1));
                if (m.HasBias) terms.AddBias([.. rotation.Times(m.Bias).Zip(m.Bias, (a, b) => a - b)]);
            });
        });
    }

    private static Matrix Rotation(int size, int group, string variant, float[] theta, float[] alpha)
    {
        var rotation = new Matrix(size, size);
        int half = group / 2;
        for (int i = 0; i < size; i++)
        {
            int inGroup = i % group, pair = i / group * half + inGroup % half;
            // Where the cosine and the sine of output i are stored.
            var (cosine, sine) = variant switch
            {
                "road_1" => (pair, pair),
                "road_2" => (i, i),
                _ => (i / group * 2 * group + inGroup, i / group * 2 * group + group + inGroup),
            };
            rotation[i, i] = alpha[cosine] * MathF.Cos(theta[cosine]);
            int other = inGroup < half ? i + half : i - half;
            float s = alpha[sine] * MathF.Sin(theta[sine]);
            rotation[i, other] = inGroup < half ? -s : s;
        }
        return rotation;
    }
}
