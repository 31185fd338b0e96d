using System.Numerics;
using Graft.Graphs;
using Graft.Kernels.Elementwise;
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
        var make = new Make { Op = this, Context = c };
        return c.Type(0) == DType.Bool ? make.Invoke<byte>() : NumberTypes.Dispatch<Make, IStep>(c.Type(0), ref make);
    }

    private struct Make : INumberAction<IStep>
    {
        public StablehloScatter Op;
        public PrepareContext Context;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        {
            var body = Context.Callee(Op.Computation);
            if (body.Nodes.IsEmpty) return new Step<ReplaceFn<T>, T>(Op, Context);
            switch (BodyFunctions.Of(body))
            {
                case BodyFunction.Add: return new Step<AddFn<T>, T>(Op, Context);
                case BodyFunction.Multiply: return new Step<MulFn<T>, T>(Op, Context);
                case BodyFunction.Maximum: return new Step<MaximumFn<T>, T>(Op, Context);
                case BodyFunction.Minimum: return new Step<MinimumFn<T>, T>(Op, Context);
            }
            Context.Fail("the combining subgraph must keep the update, add, multiply, or take the maximum or minimum");
            return null!;
        }
    }

    private sealed class Step<TFn, T>(StablehloScatter op, in PrepareContext c) : IStep
        where TFn : struct, IBinaryFn<T>
        where T : unmanaged, IBinaryNumber<T>
    {
        private readonly Operand _input = c.In(0), _indices = c.In(1), _updates = c.In(2), _output = c.Out(0);
        private readonly bool _isWide = c.Type(1) == DType.Int64;
        private readonly Shape _shape = c.Shape(0), _indicesShape = c.Shape(1), _updatesShape = c.Shape(2);
        private readonly int[] _windowAxes = [.. Enumerable.Range(0, c.Shape(0).Rank).Except(op.InsertedDims)];

        public void Run(in RunContext c)
        {
            c.Read<T>(_input).CopyTo(c.Write<T>(_output));
            var updates = c.Read<T>(_updates);
            var output = c.Write<T>(_output);
            int last = _updatesShape.Rank - 1, run = RunsAlongLastAxis ? _updatesShape[last] : 1;
            Span<int> at = stackalloc int[TensorInfo.RankMax];
            Span<long> start = stackalloc long[TensorInfo.RankMax];
            for (int i = 0; i < updates.Length; i += run)
            {
                for (int d = last, rest = i; d >= 0; d--) (at[d], rest) = (rest % _updatesShape[d], rest / _updatesShape[d]);
                var (target, skipped, count) = Target(c, at, start, run);
                if (count > 0) Accumulate.Rows<TFn, T>(updates.Slice(i + skipped, count), [0], count, output.Slice(target, count));
            }
        }

        /// <summary>Whether neighbours along the last axis of the updates are neighbours in the output.</summary>
        private bool RunsAlongLastAxis =>
            op.WindowDims.Length > 0 && op.WindowDims[^1] == _updatesShape.Rank - 1 && _windowAxes[^1] == _shape.Rank - 1;

        /// <summary>Where a run of updates goes: past how many of them the input begins, and how many lie in it.</summary>
        private (int Target, int Skipped, int Count) Target(in RunContext c, ReadOnlySpan<int> at, Span<long> start, int run)
        {
            start.Clear();
            for (int w = 0; w < op.WindowDims.Length; w++) start[_windowAxes[w]] = at[op.WindowDims[w]];
            for (int k = 0; k < op.OperandDims.Length; k++) start[op.OperandDims[k]] += Index(c, at, k);
            int rank = _shape.Rank;
            if (rank == 0) return (0, 0, 1);
            long flat = 0;
            for (int d = 0; d < rank - 1; d++)
            {
                if (start[d] < 0 || start[d] >= _shape[d]) return default;
                flat = flat * _shape[d] + start[d];
            }
            long first = start[rank - 1];
            if (first <= -run || first >= _shape[rank - 1]) return default;
            int skipped = (int)Math.Max(0, -first), end = (int)Math.Min(run, _shape[rank - 1] - first);
            return ((int)(flat * _shape[rank - 1] + first + skipped), skipped, end - skipped);
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
    }

    private int[] WindowDims => windowDims;

    private int[] InsertedDims => insertedDims;

    private int[] OperandDims => operandDims;

    private int VectorDim => vectorDim;

    private int Computation => computation;
}
