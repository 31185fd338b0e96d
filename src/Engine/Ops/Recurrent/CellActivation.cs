using Graft.Errors;
using Graft.Kernels.Recurrent;
using Graft.Schema;

namespace Graft.Ops.Recurrent;

/// <summary>The activation that the options of a recurrent operator name.</summary>
internal static class CellActivation
{
    public static ActivationFunctionType Check(ActivationFunctionType activation) => Enum.IsDefined(activation)
        ? activation
        : throw new UnsupportedOptionException($"activation {(int)activation} is unknown (supported: {string.Join(", ", Enum.GetNames<ActivationFunctionType>())})");

    public static VectorFunction Function(ActivationFunctionType activation) => activation switch
    {
        ActivationFunctionType.Tanh => Activations.Tanh,
        ActivationFunctionType.Relu => Activations.Relu,
        ActivationFunctionType.Relu6 => Activations.Relu6,
        ActivationFunctionType.ReluN1To1 => Activations.ReluN1To1,
        ActivationFunctionType.SignBit => Activations.SignBit,
        _ => Activations.None,
    };
}
