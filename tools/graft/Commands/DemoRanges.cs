using System.Runtime.InteropServices;
using Graft.Graphs;
using Graft.Ops;

namespace Graft.Cli.Commands;

/// <summary>
/// How much of what convolutions yield with an adapter lies above the ranges of an integer model, which were measured without it: there it is clipped. Seen on the float model,
/// with the adapter in its weights, so that nothing is clipped yet. The fully connected layers behind them clip about as much with every adapter, and are left out.
/// </summary>
internal sealed class DemoRanges(Model integer)
{
    private readonly float[] _highest = [.. Layers(integer.Source.Subgraphs[0]).Select(n => Highest(integer.Source.Subgraphs[0].Tensors[n.Outputs[0]]))];

    /// <summary>What is above the range as a share of all that a layer yields; that of the layer with the largest one.</summary>
    public double Clipped(Model model, Adapter adapter, DemoImages images, string sensor, CancellationToken cancellation)
    {
        using var merged = model.Merge(adapter);
        using var interpreter = new Interpreter(merged, new() { PreserveAllTensors = true });
        var frame = interpreter.Session.Frame(0);
        Node[] layers = [.. Layers(frame.Subgraph)];
        Graft.Errors.Check.That(layers.Length == _highest.Length);
        double[] above = new double[layers.Length], total = new double[layers.Length];
        images.Read(interpreter, sensor, cancellation, () =>
        {
            for (int i = 0; i < layers.Length; i++)
            {
                foreach (float value in MemoryMarshal.Cast<byte, float>(frame.Bytes(layers[i].Outputs[0])))
                {
                    above[i] += Math.Max(0, value - _highest[i]);
                    total[i] += Math.Abs(value);
                }
            }
        });
        return above.Zip(total, (a, t) => a / t).Max();
    }

    private static IEnumerable<Node> Layers(Subgraph subgraph) => subgraph.Nodes.Where(n => n.Op is Conv2D or DepthwiseConv2D);

    private static float Highest(TensorInfo tensor) => tensor.Quantization is { } q ? q.Scale * (sbyte.MaxValue - q.ZeroPoint) : float.PositiveInfinity;
}
