using System.Runtime.CompilerServices;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Maths;
using Graft.Kernels.Recurrent;
using Graft.Kernels.Simd;

namespace Graft.Adapters.Form;

/// <summary>Activations by the names that the transformers library gives them.</summary>
internal static class RowActivation
{
    private const float LeakyAlpha = 0.01f;

    private static readonly Dictionary<string, VectorFunction> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["relu"] = Activations.Relu,
        ["relu6"] = Activations.Relu6,
        ["leakyrelu"] = v => Map.Apply(new LeakyReluFn(LeakyAlpha), v, v),
        ["gelu"] = v => Map.Apply<Gelu, float>(v, v),
        ["gelu_new"] = v => Map.Apply<GeluTanh, float>(v, v),
        ["gelu_pytorch_tanh"] = v => Map.Apply<GeluTanh, float>(v, v),
        ["sigmoid"] = v => Map.Apply<Sigmoid, float>(v, v),
        ["silu"] = v => Map.Apply<Swish, float>(v, v),
        ["swish"] = v => Map.Apply<Swish, float>(v, v),
        ["tanh"] = v => Map.Apply<Tanh, float>(v, v),
    };

    public static string Names => string.Join(", ", Functions.Keys);

    public static VectorFunction? Find(string name) => Functions.GetValueOrDefault(name);

    /// <summary>x * sigmoid(x).</summary>
    private readonly struct Swish : IUnaryFn<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Apply<V>(V x) where V : unmanaged, ISimd<V, float> => x * Sigmoid.Apply(x);
    }
}
