using Graft.Graphs;
using Graft.Ops;

namespace Graft.Adapters.Binding;

/// <summary>
/// The rotary position embedding (Su et al. 2021, arXiv 2104.09864) of a model's queries, found in its graph: pairs (j, j + d/2) of a head
/// are turned by position * angle j.
/// </summary>
internal static class RotaryAngles
{
    /// <summary>More nodes than exporters put between a projection and the scores.</summary>
    private const int DepthMax = 24;

    /// <summary>cos and sin of the turn of so many positions, for each pair; null where queries are not turned.</summary>
    /// <param name="subgraph">The subgraph.</param>
    /// <param name="query">What is multiplied with the keys.</param>
    /// <param name="positions">How far.</param>
    /// <exception cref="AdapterException">Something happens to the queries that is not understood, or the model does not tell the angles.</exception>
    public static (double Cos, double Sin)[]? Turn(Subgraph subgraph, int query, int positions)
    {
        for (int depth = 0; depth < DepthMax; depth++)
        {
            if (subgraph.Writer(query) is not { } node) break;
            switch (node.Op)
            {
                case FullyConnected or Conv2D or BatchMatMul:
                    return null;
                case IView or Transpose or Quantize or Dequantize or Slice or StridedSlice or Split:
                    query = node.Op is Split ? node.Inputs[1] : node.Inputs[0];
                    continue;
                case Mul or Div or Add when Other(subgraph, node) is { } rest:
                    query = rest;
                    continue;
                case Add when Tables(subgraph, node) is var (cos, sin):
                    return Turn(subgraph, cos, sin, subgraph.Tensors[query].Shape[^1], positions);
            }
            throw new AdapterException($"{Errors.Throw.Describe(subgraph, node)} changes the queries in a way that is not understood, so it is not known what positions do to them");
        }
        throw new AdapterException("the projection of the queries was not found behind an attention");
    }

    /// <summary>The one input that is no constant, beside a constant without positions: a factor or bias.</summary>
    private static int? Other(Subgraph subgraph, Node node)
    {
        for (int i = 0; i < 2; i++)
        {
            var info = subgraph.Tensors[node.Inputs[i]];
            if (info.Constant.IsPresent && (info.Shape.Rank == 0 || info.Shape.ElementCount == info.Shape[^1])) return node.Inputs[1 - i];
        }
        return null;
    }

    /// <summary>x cos + (-x2, x1) sin.</summary>
    private static (int Cos, int Sin)? Tables(Subgraph subgraph, Node sum)
    {
        if (subgraph.Writer(sum.Inputs[0]) is not { Op: Mul } first || subgraph.Writer(sum.Inputs[1]) is not { Op: Mul } second) return null;
        int turned = Array.FindIndex([0, 1], i => IsTurned(subgraph, second.Inputs[i]));
        if (turned < 0 || subgraph.Writer(second.Inputs[turned]) is not { } halves) return null;
        // The table is the factor that both heads of queries and keys share: not the one that the halves were cut from.
        int cut = Source(subgraph, halves);
        int kept = Array.FindIndex([0, 1], i => Same(subgraph, first.Inputs[i], cut));
        return kept < 0 ? null : (first.Inputs[1 - kept], second.Inputs[1 - turned]);
    }

    private static bool IsTurned(Subgraph subgraph, int tensor) => subgraph.Writer(tensor) is { Op: Concatenation, Inputs.Length: 2 } halves
        && subgraph.Writer(halves.Inputs[0]) is { Op: Mul or Neg } && Source(subgraph, halves) >= 0;

    /// <summary>What the second half of a concatenation was cut from; -1 when it was not cut.</summary>
    private static int Source(Subgraph subgraph, Node halves)
    {
        var cut = subgraph.Writer(halves.Inputs[1]);
        while (cut?.Op is Quantize or Dequantize) cut = subgraph.Writer(cut.Inputs[0]);
        return cut?.Op switch { Slice or StridedSlice => cut.Inputs[0], Split => cut.Inputs[1], _ => -1 };
    }

    private static bool Same(Subgraph subgraph, int tensor, int source)
    {
        while (tensor != source)
        {
            if (subgraph.Writer(tensor) is not { Op: IView or Quantize or Dequantize } node) return false;
            tensor = node.Inputs[0];
        }
        return true;
    }

    private static (double Cos, double Sin)[] Turn(Subgraph subgraph, int cos, int sin, int size, int positions)
    {
        if (subgraph.Tensors[cos].Constant.IsPresent && subgraph.Tensors[sin].Constant.IsPresent) return FromTables(subgraph, cos, sin, size, positions);
        float[] angles = Frequencies(subgraph, cos, size / 2, DepthMax) ?? throw new AdapterException("the angles of the rotary position embedding were not found in the model");
        return Array.ConvertAll(angles, a => (Math.Cos(positions * (double)a), Math.Sin(positions * (double)a)));
    }

    /// <summary>From rows of the tables, which may be fewer than the positions: the turn of one position is then taken often.</summary>
    private static (double Cos, double Sin)[] FromTables(Subgraph subgraph, int cos, int sin, int size, int positions)
    {
        float[] cosines = ConstantValues.Read(subgraph, subgraph.Tensors[cos]), sines = ConstantValues.Read(subgraph, subgraph.Tensors[sin]);
        int rows = cosines.Length / size, row = rows > positions ? positions : 1, times = rows > positions ? 1 : positions;
        if (rows < 2 || sines.Length != cosines.Length) throw new AdapterException("the model's rotary position embedding has a single position, which does not tell its angles");
        var turn = new (double Cos, double Sin)[size / 2];
        for (int j = 0; j < turn.Length; j++)
        {
            double from = Math.Atan2(sines[j], cosines[j]), to = Math.Atan2(sines[row * size + j], cosines[row * size + j]);
            turn[j] = (Math.Cos((to - from) * times), Math.Sin((to - from) * times));
        }
        return turn;
    }

    /// <summary>The constant of one angle for each pair that positions are multiplied by before the cosine.</summary>
    private static float[]? Frequencies(Subgraph subgraph, int tensor, int pairs, int depth)
    {
        var info = subgraph.Tensors[tensor];
        if (info.Constant.IsPresent) return info.Type == DType.Float32 && info.Shape.ElementCount == pairs ? ConstantValues.Read(subgraph, info) : null;
        if (depth == 0 || subgraph.Writer(tensor) is not { } node) return null;
        return node.Inputs.Where(t => t >= 0).Select(t => Frequencies(subgraph, t, pairs, depth - 1)).FirstOrDefault(f => f is not null);
    }
}
