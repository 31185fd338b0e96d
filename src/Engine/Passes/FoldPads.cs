using Graft.Graphs;
using Graft.Ops;
using Graft.Ops.Matrix;
using Graft.Planning;

namespace Graft.Passes;

/// <summary>
/// PAD of lines and columns before a convolution becomes margins of the convolution, whose kernels put zeros round images anyway: the padded
/// image is never written. PyTorch's models have them, since its strided convolutions pad otherwise than SAME does.
/// </summary>
internal sealed class FoldPads : IPass
{
    private const int Lines = 1, Columns = 2, Rank = 4;

    public string Name => "fold-pads";

    public Graph Run(Graph graph, PackedWeights packed) => graph with { Subgraphs = [.. graph.Subgraphs.Select(Fold)] };

    private static Subgraph Fold(Subgraph subgraph)
    {
        var patch = new Patch(subgraph);
        var uses = new Uses(subgraph);
        foreach (var pad in subgraph.Nodes)
        {
            if (pad.Op is not Pad || MarginsOf(subgraph, pad) is not { } margins) continue;
            if (uses.OnlyReader(pad.Outputs[0]) is not { Op: IConvolution convolution } node || node.Inputs[0] != pad.Outputs[0]) continue;
            patch.Remove(pad);
            patch.Replace(node, node with
            {
                Id = OpId.Internal($"{pad.Id.Name}+{node.Id.Name}"),
                Op = convolution.With(convolution.Attributes with { Margins = margins }),
                Inputs = node.Inputs.SetItem(0, pad.Inputs[0]),
                Origin = Origin.Merge(pad.Origin, node.Origin),
            });
        }
        return patch.IsEmpty ? subgraph : patch.Apply();
    }

    /// <summary>Known margins of zeros round the images of a batch; or null.</summary>
    private static ConvMargins? MarginsOf(Subgraph subgraph, Node pad)
    {
        var (input, paddings, output) = (subgraph.Tensors[pad.Inputs[0]], subgraph.Tensors[pad.Inputs[1]], subgraph.Tensors[pad.Outputs[0]]);
        if (input.IsVariable || pad.Inputs.Skip(2).Any(t => t >= 0) || !paddings.Constant.IsPresent) return null;
        if (input.Quantization is not null && !HaveSameZero(input.Quantization, output.Quantization)) return null;
        if (Integers.Read(paddings.Type, paddings.Constant.Bytes) is not { Length: 2 * Rank } m || m.Any(v => v < 0)) return null;
        bool isAround = m.Index().All(v => v.Item == 0 || v.Index / 2 is Lines or Columns);
        return isAround ? new(m[2 * Lines], m[2 * Lines + 1], m[2 * Columns], m[2 * Columns + 1]) : null;
    }

    private static bool HaveSameZero(Quantization a, Quantization? b) => b is not null && a.ZeroPoint == b.ZeroPoint && a.Scales.SequenceEqual(b.Scales);
}
