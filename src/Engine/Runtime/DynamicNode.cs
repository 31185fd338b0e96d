using Graft.Graphs;
using Graft.Ops;
using Graft.Planning;

namespace Graft.Runtime;

/// <summary>
/// A node of a frame whose shapes are found at run time: inferred on every run, and prepared for shapes, and for the values that the preparation
/// asked for, which it has not met lately. A loop meets the same ones in every run.
/// </summary>
internal sealed class DynamicNode(Frame frame, Node node) : IDisposable
{
    private const int VariantsMax = 64;

    private readonly List<Variant> _variants = [];
    private int _current;

    public void Run()
    {
        Ready();
        RunReady();
    }

    /// <summary>Infers, and prepares unless a step at hand fits.</summary>
    public IStep Ready()
    {
        foreach (int output in node.Outputs)
        {
            if (output >= 0) frame.Tensors[output].IsShapeKnown = false;
        }
        node.Op!.Infer(new InferContext(frame, frame.Subgraph, node));
        for (int i = 0; i < _variants.Count; i++)
        {
            // Those after the last one first: they were met in this order before.
            int at = (_current + i) % _variants.Count;
            if (!_variants[at].Fits(frame, node)) continue;
            _current = at;
            return _variants[at].Step;
        }
        return Prepare().Step;
    }

    public void RunReady()
    {
        var variant = _variants[_current];
        if (_variants.Count > 1) _current = (_current + 1) % _variants.Count;
        variant.Step.Run(new RunContext(frame, variant.Scratch));
    }

    public void Dispose()
    {
        foreach (var variant in _variants) variant.Dispose();
        _variants.Clear();
    }

    private Variant Prepare()
    {
        var layout = new ScratchLayout();
        var read = frame.ValuesRead = [];
        IStep step;
        try
        {
            step = node.Op!.Prepare(new PrepareContext(frame, frame.Subgraph, node, layout, frame.Session.PlanOptions, frame.Session.Packed));
        }
        finally
        {
            frame.ValuesRead = null;
        }
        var variant = new Variant(frame, node, step, layout, read);
        if (_variants.Count == VariantsMax || !variant.IsKept || !_variants.TrueForAll(v => v.IsKept)) Dispose();
        _current = _variants.Count;
        _variants.Add(variant);
        return variant;
    }

    /// <summary>The node prepared for some shapes and values.</summary>
    private sealed class Variant : IDisposable
    {
        /// <summary>Scratch memory and values of more bytes are not worth keeping.</summary>
        private const int KeptBytes = 4096;

        private readonly Shape?[] _shapes;
        private readonly (int Tensor, byte[] Bytes)[] _values;
        private readonly NativeBuffer[] _areas;

        public Variant(Frame frame, Node node, IStep step, ScratchLayout layout, IReadOnlyCollection<int> read)
        {
            Step = step;
            _areas = [.. layout.Areas.Select(a => new NativeBuffer(a.ByteCount))];
            Scratch = new ScratchTable(_areas.Length);
            for (int i = 0; i < _areas.Length; i++) Scratch.Set(i, _areas[i].Address, (int)layout.Areas[i].WorkerBytes);
            _shapes = [.. node.Inputs.Concat(node.Outputs).Where(t => t >= 0).Select(frame.ShapeOf)];
            int[] tensors = [.. read.Distinct()];
            IsKept = node.Op is not (IStateful or ICallsSubgraphs) && layout.Areas.Sum(a => a.ByteCount) + tensors.Sum(t => (long)frame.Tensors[t].ByteCount) <= KeptBytes;
            IsReusable = IsKept || tensors.Length == 0;
            _values = IsReusable ? [.. tensors.Select(t => (t, frame.Bytes(t).ToArray()))] : [];
        }

        public IStep Step { get; }

        public ScratchTable Scratch { get; }

        /// <summary>Whether it may stay beside others.</summary>
        public bool IsKept { get; }

        private bool IsReusable { get; }

        public bool Fits(Frame frame, Node node)
        {
            if (!IsReusable) return false;
            int at = 0;
            foreach (int tensor in node.Inputs)
            {
                if (tensor >= 0 && _shapes[at++] != frame.ShapeOf(tensor)) return false;
            }
            foreach (int tensor in node.Outputs)
            {
                if (tensor >= 0 && _shapes[at++] != frame.ShapeOf(tensor)) return false;
            }
            foreach (var (tensor, bytes) in _values)
            {
                if (!frame.Bytes(tensor).SequenceEqual(bytes)) return false;
            }
            return true;
        }

        public void Dispose()
        {
            foreach (var area in _areas) area.Dispose();
        }
    }
}
