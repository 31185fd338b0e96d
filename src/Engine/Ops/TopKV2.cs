using System.Numerics;
using Graft.Kernels.Sort;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// TOPK_V2: the k largest elements of each row, in falling order, and their positions; equal ones in order of position.
/// </summary>
internal sealed class TopKV2 : IOp<TopKV2>
{
    public static OpSignature Signature =>
        new(BuiltinOperator.TopKV2, 3, $"{NumberTypes.All} {NumberTypes.Indices} -> =0 {NumberTypes.Indices}");

    public static TopKV2 Read(in OperatorDef def) => new();

    public void Infer(in InferContext c)
    {
        var shape = c.Shape(0);
        c.Require(shape.Rank > 0, "a scalar has no elements to choose from");
        c.Require(c.Shape(1).ElementCount == 1, $"k must be one number; it has shape {c.Shape(1)}");
        if (!c.TryIntegers(1, out int[]? k)) return;
        c.Require(k[0] <= shape[^1], $"k is {k[0]}, but a row of {shape} has only {shape[^1]} elements");
        int[] result = shape.Dimensions.ToArray();
        result[^1] = Math.Max(k[0], 0);
        c.Require(c.Output(1).Type != DType.Int16 || shape[^1] <= short.MaxValue,
            $"positions in a row of {shape[^1]} do not fit int16");
        c.SetOutput(0, result);
        c.SetOutput(1, result);
    }

    public IStep Prepare(in PrepareContext c)
    {
        var make = new Make { Row = c.Shape(0)[^1], Values = c.Out(0), Indices = c.Out(1), Input = c.In(0),
            IndexType = c.Output(1).Type };
        make.K = c.OutputShape(0)[^1];
        make.Rows = checked((int)c.Shape(0).Product(0, c.Shape(0).Rank - 1));
        make.Best = c.ScratchPerWorker((long)make.K * sizeof(int));
        return NumberTypes.Dispatch<Make, IStep>(c.Type(0), ref make);
    }

    private struct Make : INumberAction<IStep>, IIndexAction<RowWriter>
    {
        public Operand Input;
        public Operand Values;
        public Operand Indices;
        public DType IndexType;
        public Scratch Best;
        public int Rows;
        public int Row;
        public int K;

        public IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T> =>
            new Step<T>(Input, Values, NumberTypes.DispatchIndex<Make, RowWriter>(IndexType, ref this), Best, Rows, Row,
                K);

        readonly RowWriter IIndexAction<RowWriter>.Invoke<T>() => new RowWriter<T>(Indices);
    }

    private sealed class Step<T>(Operand input, Operand values, RowWriter indices, Scratch best, int rows, int row,
        int k) : ParallelStep
        where T : unmanaged, IBinaryNumber<T>
    {
        public override int Units => rows;

        public override long UnitCost => 4L * row;

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            var chosen = c.Scratch<int>(best, worker)[..k];
            var source = c.Read<T>(input);
            var target = c.Write<T>(values);
            for (int r = begin; r < end; r++)
            {
                var elements = source.Slice(r * row, row);
                TopK.Run(elements, chosen);
                for (int i = 0; i < k; i++) target[r * k + i] = elements[chosen[i]];
                indices.Write(c, r * k, chosen);
            }
        }
    }

    private abstract class RowWriter
    {
        public abstract void Write(in RunContext c, int at, ReadOnlySpan<int> values);
    }

    private sealed class RowWriter<TIndex>(Operand output) : RowWriter where TIndex : unmanaged, IBinaryInteger<TIndex>
    {
        public override void Write(in RunContext c, int at, ReadOnlySpan<int> values)
        {
            var target = c.Write<TIndex>(output).Slice(at, values.Length);
            for (int i = 0; i < values.Length; i++) target[i] = TIndex.CreateTruncating(values[i]);
        }
    }
}
