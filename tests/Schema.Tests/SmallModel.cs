namespace Graft.Schema.Tests;

/// <summary>A model of one operator, ADD, with a constant, for tests that then change its bytes.</summary>
internal static class SmallModel
{
    public static ModelRecord Record() => new()
    {
        Description = "small",
        OperatorCodes = [OperatorCodeRecord.Builtin(BuiltinOperator.Add)],
        Buffers = [new(), new() { Data = [0, 0, 128, 63] }],
        Subgraphs =
        [
            new()
            {
                Name = "main",
                Tensors =
                [
                    new() { Name = "in", Shape = [1, 2] },
                    new()
                    {
                        Name = "one",
                        Shape = [1],
                        Buffer = 1,
                        Quantization = new() { Scale = [0.5f], ZeroPoint = [0] },
                    },
                    new() { Name = "out", Shape = [1, 2] },
                ],
                Inputs = [0],
                Outputs = [2],
                Operators =
                [
                    new()
                    {
                        Inputs = [0, 1],
                        Outputs = [2],
                        BuiltinOptions = new AddOptionsRecord { FusedActivationFunction = ActivationFunctionType.Relu },
                        MutatingVariableInputs = [false, true],
                    },
                ],
            },
        ],
    };

    public static byte[] Bytes() => Record().ToBytes();
}
