using Graft.Errors;
using Graft.Kernels.Recurrent;
using Graft.Kernels.Reference;
using Graft.Schema;

namespace Graft.Ops.Recurrent;

/// <summary>The activation that the options of a recurrent operator name.</summary>
internal static class CellActivation
{
    public static ActivationFunctionType Check(ActivationFunctionType activation) =>
        activation is ActivationFunctionType.SignBit
            ? throw new UnsupportedOptionException($"activation {activation} is not supported (supported: None, Relu, ReluN1To1, Relu6, Tanh)")
            : activation;

    public static VectorFunction Function(ActivationFunctionType activation, KernelSet kernels) => activation switch
    {
        ActivationFunctionType.Tanh when kernels == KernelSet.Reference => NaiveActivations.Tanh,
        ActivationFunctionType.Tanh => Activations.Tanh,
        ActivationFunctionType.Relu => Activations.Relu,
        ActivationFunctionType.Relu6 => Activations.Relu6,
        ActivationFunctionType.ReluN1To1 => Activations.ReluN1To1,
        _ => Activations.None,
    };

    public static VectorFunction Sigmoid(KernelSet kernels) => kernels == KernelSet.Reference ? NaiveActivations.Sigmoid : Activations.Sigmoid;
}
