using Graft.Schema;

namespace Graft.Properties;

/// <summary>Data for one input.</summary>
internal sealed record Feed(DType Type, int[] Shape, byte[] Bytes);

/// <summary>A model of one operator, and data for its inputs.</summary>
/// <param name="Operator">Its name.</param>
/// <param name="Model">The file.</param>
/// <param name="Feeds">Data, in the order of the inputs.</param>
/// <param name="Yardstick">The reference's kernels whose answer counts: <c>ref</c> or <c>opt</c>; null where it cannot be asked.</param>
internal sealed record OneOpCase(string Operator, byte[] Model, IReadOnlyList<Feed> Feeds, string? Yardstick)
{
    /// <summary>The same, with outputs declared as they turned out: as a converter writes them.</summary>
    public OneOpCase Declaring(IReadOnlyList<Result> outputs)
    {
        var model = ModelRecord.Read(ModelView.Root(Model));
        var graph = model.Subgraphs![0];
        for (int i = 0; i < outputs.Count; i++) graph.Tensors![graph.Outputs![i]].Shape = outputs[i].Shape.Dimensions.ToArray();
        return this with { Model = model.ToBytes() };
    }
}
