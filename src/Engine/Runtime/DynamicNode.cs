using Graft.Graphs;
using Graft.Ops;
using Graft.Planning;

namespace Graft.Runtime;

/// <summary>
/// A node of a frame whose shapes are found at run time: inferred on every run, prepared again only when a shape changed or when the
/// preparation depended on values.
/// </summary>
internal sealed class DynamicNode(Frame frame, Node node) : IDisposable
{
    private IStep? _step;
    private ScratchTable _scratch = new(0);
    private NativeBuffer[] _areas = [];
    private Shape?[] _shapes = [];
    private bool _reusable;

    public void Run()
    {
        Ready();
        RunReady();
    }

    /// <summary>Infers, and prepares unless the step at hand still fits.</summary>
    public IStep Ready()
    {
        foreach (int output in node.Outputs)
        {
            if (output >= 0) frame.Tensors[output].IsShapeKnown = false;
        }
        node.Op!.Infer(new InferContext(frame, frame.Subgraph, node));
        if (!_reusable || !SameShapes()) Prepare();
        return _step!;
    }

    public void RunReady() => _step!.Run(new RunContext(frame, _scratch));

    public void Dispose()
    {
        foreach (var area in _areas) area.Dispose();
        _areas = [];
    }

    private void Prepare()
    {
        _reusable = false;
        var layout = new ScratchLayout();
        frame.ValuesRead = false;
        _step = node.Op!.Prepare(new PrepareContext(frame, frame.Subgraph, node, layout, frame.Session.PlanOptions, frame.Session.Packed));
        bool valuesRead = frame.ValuesRead;
        Dispose();
        _areas = [.. layout.Areas.Select(a => new NativeBuffer(a.ByteCount))];
        _scratch = new ScratchTable(_areas.Length);
        for (int i = 0; i < _areas.Length; i++) _scratch.Set(i, _areas[i].Address, (int)layout.Areas[i].WorkerBytes);
        _shapes = [.. node.Inputs.Concat(node.Outputs).Where(t => t >= 0).Select(frame.ShapeOf)];
        _reusable = !valuesRead;
    }

    private bool SameShapes()
    {
        int at = 0;
        foreach (int tensor in node.Inputs)
        {
            if (tensor >= 0 && _shapes[at++] != frame.ShapeOf(tensor)) return false;
        }
        foreach (int tensor in node.Outputs)
        {
            if (tensor >= 0 && _shapes[at++] != frame.ShapeOf(tensor)) return false;
        }
        return true;
    }
}
