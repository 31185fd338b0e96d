using System.Numerics;
using Graft.Graphs;
using Graft.Kernels.Sort;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// STABLEHLO_SORT: all inputs rearranged along an axis in the order that a region gives. The region compares two elements of one of them,
/// the key, with less or greater. The sort is stable.
/// </summary>
internal sealed class StablehloSort(int axis, int comparator) : IOp<StablehloSort>, ICallsSubgraphs
{
    private const string Types = $"{NumberTypes.All}|bool";

    private readonly int[] _subgraphs = [comparator];

    public static OpSignature Signature => new(BuiltinOperator.StablehloSort, 1, $"{Types} {Types}?* -> {Types} {Types}?*");

    public ReadOnlySpan<int> Subgraphs => _subgraphs;

    public static StablehloSort Read(in OperatorDef def)
    {
        var options = def.Options2<StablehloSortOptionsView>();
        return new(int.CreateSaturating(options.Dimension), options.ComparatorSubgraphIndex);
    }

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Axis(axis, shape.Rank);
        c.Require(c.InputCount == c.OutputCount, $"there are {c.InputCount} inputs and {c.OutputCount} outputs; as many of both are expected");
        for (int i = 0; i < c.InputCount; i++)
        {
            c.Require(c.Shape(i) == shape && c.Type(i) == c.Output(i).Type, $"input {i} must have the shape of input 0, and the type of output {i}");
            c.SetOutput(i, shape);
        }
    }

    public IStep Prepare(in PrepareContext c)
    {
        var (key, largestFirst) = Order(c.Callee(comparator));
        c.Require(key >= 0 && key < c.InputCount, $"subgraph {comparator} is no comparator that is supported: one node that compares two elements of one input with less or greater is expected");
        var make = new Make { Context = c, Axis = axis < 0 ? axis + c.Shape(0).Rank : axis, Key = key, LargestFirst = largestFirst };
        return NumberTypes.Dispatch<Make, IStep>(c.Type(key), ref make);
    }

    /// <summary>Which input the region compares; -1 for any other region.</summary>
    private static (int Key, bool LargestFirst) Order(Subgraph body)
    {
        if (body.Nodes is not [{ Inputs: [int a, int b], Outputs: [int result] } node] || body.Outputs is not [int output] || result != output) return (-1, false);
        int first = body.Inputs.IndexOf(a), second = body.Inputs.IndexOf(b);
        bool? greater = node switch
        {
            { Id.Code: BuiltinOperator.Less } or { Op: StablehloCompare { Direction: StablehloComparisonDirection.Lt } } => false,
            { Id.Code: BuiltinOperator.Greater } or { Op: StablehloCompare { Direction: StablehloComparisonDirection.Gt } } => true,
            _ => null,
        };
        // Arguments 2k and 2k + 1 are the two elements of input k.
        if (greater is null || first < 0 || second < 0 || (first ^ second) != 1) return (-1, false);
        return (first / 2, greater.Value == first < second);
    }

    private struct Make : INumberAction<IStep>
    {
        public PrepareContext Context;
        public int Axis;
        public int Key;
        public bool LargestFirst;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => new Step<T>(Context, Axis, Key, LargestFirst);
    }

    private sealed class Step<T> : IStep where T : unmanaged, INumber<T>
    {
        private readonly Operand[] _inputs, _outputs;
        private readonly int[] _widths;
        private readonly int _key, _lines, _length, _stride;
        private readonly bool _largestFirst;
        private readonly Scratch _keys, _order, _spare;

        public Step(in PrepareContext c, int axis, int key, bool largestFirst)
        {
            var shape = c.Shape(0);
            (_key, _largestFirst, _length) = (key, largestFirst, shape[axis]);
            _stride = (int)shape.Product(axis + 1, shape.Rank);
            _lines = _length == 0 ? 0 : (int)(shape.ElementCount / _length);
            (_inputs, _outputs, _widths) = (new Operand[c.InputCount], new Operand[c.InputCount], new int[c.InputCount]);
            for (int i = 0; i < _inputs.Length; i++) (_inputs[i], _outputs[i], _widths[i]) = (c.In(i), c.Out(i), Move.ElementBytes(c.Type(i)));
            _keys = c.ScratchShared((long)_length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
            _order = c.ScratchShared((long)_length * sizeof(int));
            _spare = c.ScratchShared((long)_length * sizeof(int));
        }

        public void Run(in RunContext c)
        {
            var keys = c.Scratch<T>(_keys)[.._length];
            var order = c.Scratch<int>(_order)[.._length];
            for (int line = 0; line < _lines; line++)
            {
                int start = line / _stride * _length * _stride + line % _stride;
                var from = c.Read<T>(_inputs[_key]);
                for (int i = 0; i < _length; i++) keys[i] = from[start + i * _stride];
                StableOrder.Find(keys, _largestFirst, order, c.Scratch<int>(_spare)[.._length]);
                for (int n = 0; n < _inputs.Length; n++) Rearrange(c.Read<byte>(_inputs[n]), c.Write<byte>(_outputs[n]), _widths[n], start, order);
            }
        }

        private void Rearrange(ReadOnlySpan<byte> from, Span<byte> to, int width, int start, ReadOnlySpan<int> order)
        {
            for (int i = 0; i < order.Length; i++)
            {
                from.Slice((start + order[i] * _stride) * width, width).CopyTo(to[((start + i * _stride) * width)..]);
            }
        }
    }
}
