using System.Numerics;
using System.Runtime.InteropServices;
using Graft.Errors;
using Graft.Graphs;

namespace Graft.Cli;

/// <summary>What an output does with an adapter: the norm of its change over its norm without, and elements that are no finite numbers.</summary>
internal sealed record OutputEffect(string Name, double Change, long NotFinite);

/// <summary>Integers at an end of their range, of all that an adapted node yields, without and with the adapter.</summary>
internal sealed record Saturation(string Node, double Without, double With);

/// <summary>
/// Shows on made-up inputs that an adapter is active: how far outputs move, whether they stay finite, and where integers that were calibrated
/// without it reach the ends of their range.
/// </summary>
internal sealed class AdapterEffect
{
    private AdapterEffect(IReadOnlyList<OutputEffect> outputs, IReadOnlyList<Saturation> saturations) => (Outputs, Saturations) = (outputs, saturations);

    public IReadOnlyList<OutputEffect> Outputs { get; }

    /// <summary>Nodes where more integers than without reach an end.</summary>
    public IReadOnlyList<Saturation> Saturations { get; }

    public static AdapterEffect Of(Model model, Adapter adapter, int seed, CancellationToken cancellation)
    {
        using var interpreter = new Interpreter(model, new() { PreserveAllTensors = true });
        var entry = new EntryPoint(interpreter, null);
        SeededInputs.Fill(entry, seed);
        entry.Invoke(cancellation);
        double[][] plain = [.. entry.Outputs.Select(Values)];
        var before = Ends(entry, adapter);
        // Inputs may share memory with what runs overwrite.
        SeededInputs.Fill(entry, seed);
        interpreter.Adapter = adapter;
        entry.Invoke(cancellation);
        OutputEffect[] outputs = [.. entry.Outputs.Select((t, i) => Effect(t.Name, plain[i], Values(t)))];
        var after = Ends(entry, adapter);
        return new(outputs, [.. before.Zip(after, (b, a) => new Saturation(b.Node, b.Share, a.Share)).Where(s => s.With > s.Without)]);
    }

    private static OutputEffect Effect(string name, double[] plain, double[] adapted)
    {
        double change = 0, norm = 0;
        for (int i = 0; i < plain.Length; i++)
        {
            if (!double.IsFinite(adapted[i]) || !double.IsFinite(plain[i])) continue;
            change += (adapted[i] - plain[i]) * (adapted[i] - plain[i]);
            norm += plain[i] * plain[i];
        }
        return new(name, norm == 0 ? change == 0 ? 0 : double.PositiveInfinity : Math.Sqrt(change / norm), adapted.LongCount(v => !double.IsFinite(v)));
    }

    private static double[] Values(Tensor tensor)
    {
        if (tensor.Type is DType.String or DType.Complex64 or DType.Bool || tensor.Type.Bits() < 8 || (tensor.Type.IsFloat() && tensor.Type != DType.Float32)) return [];
        var action = new Read(tensor.Bytes.ToArray());
        return NumberTypes.Dispatch<Read, double[]>(tensor.Type, ref action);
    }

    private static List<(string Node, double Share)> Ends(EntryPoint entry, Adapter adapter)
    {
        var shares = new List<(string, double)>();
        foreach (var node in entry.Frame.Subgraph.Nodes.Where(n => n.Slot >= 0 && adapter.Bindings.Binds(n.Slot)))
        {
            var bytes = entry.Frame.Bytes(node.Outputs[0]);
            double? share = entry.Frame.Subgraph.Tensors[node.Outputs[0]].Type switch
            {
                DType.Int8 => Share(MemoryMarshal.Cast<byte, sbyte>(bytes)),
                DType.UInt8 => Share(bytes),
                DType.Int16 => Share(MemoryMarshal.Cast<byte, short>(bytes)),
                _ => null,
            };
            if (share is { } known) shares.Add((Throw.Describe(entry.Frame.Subgraph, node), known));
        }
        return shares;
    }

    private static double Share<T>(ReadOnlySpan<T> values) where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        values.IsEmpty ? 0 : (double)(values.Count(T.MinValue) + values.Count(T.MaxValue)) / values.Length;

    private readonly struct Read(byte[] bytes) : INumberAction<double[]>
    {
        public double[] Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        {
            var values = MemoryMarshal.Cast<byte, T>(bytes);
            var read = new double[values.Length];
            for (int i = 0; i < read.Length; i++) read[i] = double.CreateTruncating(values[i]);
            return read;
        }
    }
}
