using Graft.Schema;

namespace Graft.Conformance.Rules;

/// <summary>Finds the facts of a model that the engine has loaded, and whose structure is therefore verified.</summary>
internal static class ModelFactsReader
{
    public static ModelFacts Read(ReadOnlySpan<byte> flatBuffer)
    {
        var model = ModelView.Root(flatBuffer);
        var tally = new Tally();
        foreach (var subgraph in model.Subgraphs)
        {
            foreach (var node in subgraph.Operators) Count(model, subgraph, node, tally);
        }
        bool isWhole = tally.Calculating > 1 || (tally.Calculating == 1 && tally.Loops);
        return new()
        {
            Class = isWhole ? OperatorClass.Accumulating : tally.Class,
            IsWhole = isWhole,
            LeastMagnitude = isWhole ? 0 : tally.LeastMagnitude,
            IsHybrid = tally.IsHybrid,
            ClampsInfinity = tally.ClampsInfinity,
            TrustsXnnpack = tally.TrustsXnnpack,
            IsUnseeded = tally.IsUnseeded,
        };
    }

    private sealed class Tally
    {
        public int Calculating;
        public bool Loops;
        public OperatorClass Class;
        public double LeastMagnitude;
        public bool IsHybrid;
        public bool ClampsInfinity;
        public bool TrustsXnnpack = true;
        public bool IsUnseeded;
    }

    private static void Count(ModelView model, SubGraphView subgraph, OperatorView node, Tally tally)
    {
        var code = model.OperatorCodes[(int)node.OpcodeIndex];
        string name = code.Code == BuiltinOperator.Custom ? code.CustomCode : SchemaNames.Of(code.Code);
        var found = OperatorClasses.Of(name);
        if (found != OperatorClass.Exact) tally.Calculating++;
        if (found > tally.Class) tally.Class = found;
        tally.LeastMagnitude = Math.Max(tally.LeastMagnitude, OperatorClasses.LeastMagnitude(name));
        bool hybrid = found == OperatorClass.Accumulating && IsHybrid(subgraph, node);
        bool sparse = code.Code == BuiltinOperator.FullyConnected && HasSparseInput(subgraph, node);
        tally.Loops |= code.Code is BuiltinOperator.While;
        tally.IsHybrid |= hybrid;
        tally.ClampsInfinity |= OperatorClasses.ClampsInfinity(name);
        tally.TrustsXnnpack &= !OperatorClasses.IsWrongInXnnpack(name) && !sparse
            && !(hybrid && code.Code == BuiltinOperator.BatchMatMul);
        tally.IsUnseeded |= IsUnseeded(code.Code, node);
    }

    private static bool IsHybrid(SubGraphView subgraph, OperatorView node)
    {
        bool floats = false, integers = false;
        foreach (int input in node.Inputs)
        {
            if (input < 0) continue;
            var type = subgraph.Tensors[input].Type;
            floats |= type == TensorType.Float32;
            integers |= type is TensorType.Int8 or TensorType.UInt8 or TensorType.Int4 or TensorType.Int2;
        }
        return floats && integers;
    }

    private static bool HasSparseInput(SubGraphView subgraph, OperatorView node)
    {
        foreach (int input in node.Inputs)
        {
            if (input >= 0 && subgraph.Tensors[input].Sparsity.IsPresent) return true;
        }
        return false;
    }

    private static bool IsUnseeded(BuiltinOperator code, OperatorView node)
    {
        if (code is not (BuiltinOperator.RandomUniform or BuiltinOperator.RandomStandardNormal or BuiltinOperator.Multinomial))
            return false;
        var options = node.Options<RandomOptionsView>();
        return options.Seed == 0 && options.Seed2 == 0;
    }
}
