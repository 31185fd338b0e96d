using Graft.Kernels.RandomNumbers;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>STABLEHLO_RNG_BIT_GENERATOR: random bits in the declared shape from the state in input 0, and the state after them.</summary>
internal sealed class StablehloRngBitGenerator(bool isThreefry) : IOp<StablehloRngBitGenerator>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloRngBitGenerator, 1, "u64 -> u64 i32|i64|u32|u64");

    public static StablehloRngBitGenerator Read(in OperatorDef def) =>
        new(def.Options2<StablehloRngBitGeneratorOptionsView>().Algorithm == RngAlgorithm.Threefry);

    public void Infer(in InferContext c)
    {
        var state = c.Shape(0);
        bool fits = state.Rank == 1 && (state[0] == 2 || state[0] == 3 && !isThreefry);
        c.Require(fits, $"the state has shape {state}; [2]{(isThreefry ? "" : " or [3]")} is expected");
        c.SetOutput(0, state);
        c.SetOutput(1, c.Output(1).Shape);
    }

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.Out(0), c.Out(1), isThreefry);

    private sealed class Step(Operand initial, Operand state, Operand output, bool isThreefry) : IStep
    {
        public void Run(in RunContext c)
        {
            var words = c.Write<uint>(state);
            c.Read<uint>(initial).CopyTo(words);
            if (isThreefry) BitGenerator.FillThreefry(words, c.Write<uint>(output));
            else BitGenerator.FillPhilox(words, c.Write<uint>(output));
        }
    }
}
