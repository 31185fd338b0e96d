using System.Numerics;
using Graft.Graphs;
using Graft.Ops.Reducing;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// STABLEHLO_SCATTER: input 0 with the updates (input 2) combined into it at the places that input 1 names; updates outside are dropped.
/// The combination is that of a subgraph: the update itself, or a sum, product, maximum or minimum.
/// </summary>
internal sealed class StablehloScatter(int[] windowDims, int[] insertedDims, int[] operandDims, int vectorDim, int computation)
    : IOp<StablehloScatter>, ICallsSubgraphs
{
    private readonly int[] _subgraphs = [computation];

    public static OpSignature Signature => new(BuiltinOperator.StablehloScatter, 1, $"{NumberTypes.All}|bool i32|i64 =0 -> =0");

    public ReadOnlySpan<int> Subgraphs => _subgraphs;

    public static StablehloScatter Read(in OperatorDef def)
    {
        var options = def.Options2<StablehloScatterOptionsView>();
        return new(Integers.Saturate(options.UpdateWindowDims), Integers.Saturate(options.InsertedWindowDims), Integers.Saturate(options.ScatterDimsToOperandDims),
            int.CreateSaturating(options.IndexVectorDim), options.UpdateComputationSubgraphIndex);
    }

    public void Infer(in InferContext c)
    {
        Shape input = c.Shape(0), indices = c.Shape(1), updates = c.Shape(2);
        c.Require(vectorDim >= 0 && vectorDim <= indices.Rank, $"the index vectors lie along axis {vectorDim} of indices {indices}");
        int depth = vectorDim == indices.Rank ? 1 : indices[vectorDim];
        c.Require(depth == operandDims.Length, $"index vectors of {depth} do not fit {operandDims.Length} scattered axes");
        c.Require(windowDims.Length + insertedDims.Length == input.Rank, $"{windowDims.Length} window and {insertedDims.Length} inserted axes do not make up input {input}");
        c.Require(Axes.AreDistinct(windowDims, updates.Rank) && Axes.AreDistinct(insertedDims, input.Rank) && Axes.AreDistinct(operandDims, input.Rank), "an axis is out of range or repeated");
        int[] scattered = [.. Enumerable.Range(0, updates.Rank).Except(windowDims)];
        int[] outer = [.. Enumerable.Range(0, indices.Rank).Where(d => d != vectorDim).Select(d => indices[d])];
        c.Require(scattered.Select(d => updates[d]).SequenceEqual(outer), $"updates {updates} do not fit indices {indices}");
        c.SetOutput(0, input);
    }

    public IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Bool) return new Step<byte>(this, c);
        var make = new Make { Op = this, Context = c };
        return NumberTypes.Dispatch<Make, IStep>(c.Type(0), ref make);
    }

    private struct Make : INumberAction<IStep>
    {
        public StablehloScatter Op;
        public PrepareContext Context;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> => new Step<T>(Op, Context);
    }

    private sealed class Step<T>(StablehloScatter op, in PrepareContext c) : IStep where T : unmanaged, INumber<T>
    {
        private readonly Operand _input = c.In(0), _indices = c.In(1), _updates = c.In(2), _output = c.Out(0);
        private readonly bool _isWide = c.Type(1) == DType.Int64;
        private readonly Shape _shape = c.Shape(0), _indicesShape = c.Shape(1), _updatesShape = c.Shape(2);
        private readonly Func<T, T, T> _combine = Combination(c, op.Computation);
        private readonly int[] _windowAxes = [.. Enumerable.Range(0, c.Shape(0).Rank).Except(op.InsertedDims)];

        public void Run(in RunContext c)
        {
            c.Read<T>(_input).CopyTo(c.Write<T>(_output));
            var updates = c.Read<T>(_updates);
            var output = c.Write<T>(_output);
            Span<int> at = stackalloc int[TensorInfo.RankMax], place = stackalloc int[TensorInfo.RankMax];
            for (int i = 0; i < updates.Length; i++)
            {
                for (int d = _updatesShape.Rank - 1, rest = i; d >= 0; d--) (at[d], rest) = (rest % _updatesShape[d], rest / _updatesShape[d]);
                int target = Target(c, at, place);
                if (target >= 0) output[target] = _combine(output[target], updates[i]);
            }
        }

        /// <summary>Where an update goes; -1 outside the input.</summary>
        private int Target(in RunContext c, ReadOnlySpan<int> at, Span<int> place)
        {
            place.Clear();
            for (int w = 0; w < op.WindowDims.Length; w++) place[_windowAxes[w]] = at[op.WindowDims[w]];
            for (int k = 0; k < op.OperandDims.Length; k++)
            {
                long start = Index(c, at, k) + place[op.OperandDims[k]];
                if (start < 0 || start >= _shape[op.OperandDims[k]]) return -1;
                place[op.OperandDims[k]] = (int)start;
            }
            int flat = 0;
            for (int d = 0; d < _shape.Rank; d++)
            {
                if (place[d] >= _shape[d]) return -1;
                flat = flat * _shape[d] + place[d];
            }
            return flat;
        }

        private long Index(in RunContext c, ReadOnlySpan<int> at, int component)
        {
            int flat = 0, outer = 0;
            for (int d = 0; d < _indicesShape.Rank; d++)
            {
                int coordinate = component;
                if (d != op.VectorDim)
                {
                    while (Array.IndexOf(op.WindowDims, outer) >= 0) outer++;
                    coordinate = at[outer++];
                }
                flat = flat * _indicesShape[d] + coordinate;
            }
            return _isWide ? c.Read<long>(_indices)[flat] : c.Read<int>(_indices)[flat];
        }

        private static Func<T, T, T> Combination(in PrepareContext c, int computation)
        {
            var body = c.Callee(computation);
            if (body.Nodes.IsEmpty) return static (_, update) => update;
            var function = BodyFunctions.Of(body);
            switch (function)
            {
                case BodyFunction.Add: return static (value, update) => value + update;
                case BodyFunction.Multiply: return static (value, update) => value * update;
                case BodyFunction.Maximum: return static (value, update) => value < update ? update : value;
                case BodyFunction.Minimum: return static (value, update) => update < value ? update : value;
            }
            c.Fail("the combining subgraph must keep the update, add, multiply, or take the maximum or minimum");
            return null!;
        }
    }

    private int[] WindowDims => windowDims;

    private int[] InsertedDims => insertedDims;

    private int[] OperandDims => operandDims;

    private int VectorDim => vectorDim;

    private int Computation => computation;
}
