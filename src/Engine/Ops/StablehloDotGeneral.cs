using System.Numerics;
using Graft.Kernels.Gemm;
using Graft.Kernels.Move;
using Graft.Ops.Matrix;
using Graft.Ops.Moves;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// STABLEHLO_DOT_GENERAL: products of inputs 0 and 1, summed over the contracting axes. The output has the batching axes, then what remains
/// of input 0, then what remains of input 1.
/// </summary>
internal sealed class StablehloDotGeneral(StablehloDotGeneral.Side left, StablehloDotGeneral.Side right) : IOp<StablehloDotGeneral>
{
    public static OpSignature Signature => new(BuiltinOperator.StablehloDotGeneral, 1,
        "f32|f64|i8|u8|i16|u16|i32|u32|i64|u64 =0 -> =0", "i8 i8 -> i32");

    public static StablehloDotGeneral Read(in OperatorDef def)
    {
        var options = def.Options2<StablehloDotGeneralOptionsView>();
        return new(new(Integers.Saturate(options.LhsBatchingDimensions), Integers.Saturate(options.LhsContractingDimensions)),
            new(Integers.Saturate(options.RhsBatchingDimensions), Integers.Saturate(options.RhsContractingDimensions)));
    }

    public void Infer(in InferContext c)
    {
        Shape a = c.Shape(0), b = c.Shape(1);
        c.Require(Axes.AreDistinct([.. left.Batching, .. left.Contracting], a.Rank) && Axes.AreDistinct([.. right.Batching, .. right.Contracting], b.Rank),
            "an axis is out of range or repeated");
        c.Require(left.Batching.Select(d => a[d]).SequenceEqual(right.Batching.Select(d => b[d])), $"the batching axes of {a} and {b} differ");
        c.Require(left.Contracting.Select(d => a[d]).SequenceEqual(right.Contracting.Select(d => b[d])), $"the contracting axes of {a} and {b} differ");
        c.Require(c.Output(0).Type == DType.Int32 || (c.Input(0).Quantization is null && c.Input(1).Quantization is null), "quantised factors are not supported");
        c.SetOutput(0, [.. left.Batching.Select(d => a[d]), .. left.Free(a.Rank).Select(d => a[d]), .. right.Free(b.Rank).Select(d => b[d])]);
    }

    public IStep Prepare(in PrepareContext c)
    {
        if (c.Type(0) == DType.Float32 && c.Kernels == KernelSet.Fast) return new Sequence(Factors<float>(c, out var sizes, out var rows, out var columns), Product(c, sizes, rows, columns));
        var make = new Make { Op = this, Context = c };
        return NumberTypes.Dispatch<Make, IStep>(c.Type(0), ref make);
    }

    private static IStep Product(in PrepareContext c, Sizes sizes, Scratch rows, Scratch columns)
    {
        if (sizes.K == 0) return new PlainStep<float, float>(sizes, rows, columns, c.Out(0));
        long length = FloatPanels.Length(sizes.K, sizes.N);
        c.Require(length <= int.MaxValue / sizeof(float), "the right factor exceeds 2 GB when packed");
        return new GemmStep(sizes, rows, columns, c.ScratchPerWorker(length * sizeof(float)), (int)length, c.Out(0), c.PlainFloats);
    }

    /// <summary>Lays both factors out as rows of K for each batch.</summary>
    private ArrangeStep Factors<T>(in PrepareContext c, out Sizes sizes, out Scratch rows, out Scratch columns) where T : unmanaged
    {
        Shape a = c.Shape(0), b = c.Shape(1);
        sizes = new(Count(a, left.Batching), Count(a, left.Free(a.Rank)), Count(a, left.Contracting), Count(b, right.Free(b.Rank)));
        int width = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        rows = c.ScratchShared(a.ElementCount * width);
        columns = c.ScratchShared(b.ElementCount * width);
        return new ArrangeStep(c, left.Rows(a, width), rows, right.Rows(b, width), columns);
    }

    private static int Count(Shape shape, int[] axes) => checked((int)axes.Aggregate(1L, (product, d) => product * shape[d]));

    /// <summary>The axes of one factor.</summary>
    internal sealed record Side(int[] Batching, int[] Contracting)
    {
        public int[] Free(int rank) => [.. Enumerable.Range(0, rank).Except(Batching).Except(Contracting)];

        /// <summary>The copy to (batch, free, contracting).</summary>
        public StridedCopy Rows(Shape shape, int width)
        {
            int[] order = [.. Batching, .. Free(shape.Rank), .. Contracting];
            long[] from = Move.Strides(shape), to = Move.Strides(new Shape([.. order.Select(d => shape[d])]));
            return StridedCopy.Create(width, [.. order.Select((d, i) => new CopyAxis(shape[d], from[d], to[i]))]);
        }
    }

    /// <summary>Products of (batch, M, K) and (batch, N, K).</summary>
    private sealed record Sizes(int Batch, int M, int K, int N);

    private struct Make : INumberAction<IStep>
    {
        public StablehloDotGeneral Op;
        public PrepareContext Context;

        public readonly IStep Invoke<T>() where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
        {
            var arrange = Op.Factors<T>(Context, out var sizes, out var rows, out var columns);
            return Context.Output(0).Type == DType.Int32 && Context.Type(0) == DType.Int8
                ? new Sequence(arrange, new PlainStep<T, int>(sizes, rows, columns, Context.Out(0)))
                : new Sequence(arrange, new PlainStep<T, T>(sizes, rows, columns, Context.Out(0)));
        }
    }

    private sealed class ArrangeStep(in PrepareContext c, StridedCopy left, Scratch rows, StridedCopy right, Scratch columns) : IStep
    {
        private readonly Operand _left = c.In(0), _right = c.In(1);

        public void Run(in RunContext c)
        {
            left.Run(c.Read<byte>(_left), c.Scratch<byte>(rows));
            right.Run(c.Read<byte>(_right), c.Scratch<byte>(columns));
        }
    }

    /// <summary>Products in float32; a unit is a batch.</summary>
    private sealed class GemmStep(Sizes sizes, Scratch rows, Scratch columns, Scratch packed, int packedLength, Operand output, bool separate) : ParallelStep
    {
        public override int Units => sizes.M == 0 || sizes.N == 0 ? 0 : sizes.Batch;

        public override long UnitCost => (long)sizes.M * sizes.K * sizes.N / 8;

        public override void RunRange(in RunContext c, int begin, int end, int worker)
        {
            var matrix = c.Scratch<float>(packed, worker)[..packedLength];
            for (int b = begin; b < end; b++)
            {
                FloatPanels.Pack(c.Scratch<float>(columns)[(b * sizes.N * sizes.K)..], 1, sizes.K, sizes.K, sizes.N, matrix);
                var product = new FloatProduct(new(c.Scratch<float>(rows)[(b * sizes.M * sizes.K)..], sizes.K, sizes.M, sizes.K), matrix, sizes.N, default,
                    FloatProduct.Unbounded, c.Write<float>(output)[(b * sizes.M * sizes.N)..], sizes.N);
                GemmFloat.Run(product, 0, FloatPanels.Count(sizes.N), separate);
            }
        }
    }

    /// <summary>Products by their definition, which wrap if the type does.</summary>
    private sealed class PlainStep<T, TSum>(Sizes sizes, Scratch rows, Scratch columns, Operand output) : IStep
        where T : unmanaged, INumberBase<T>
        where TSum : unmanaged, INumberBase<TSum>
    {
        public void Run(in RunContext c)
        {
            var x = c.Scratch<T>(rows);
            var y = c.Scratch<T>(columns);
            var target = c.Write<TSum>(output);
            for (int row = 0; row < sizes.Batch * sizes.M; row++)
            {
                int batch = row / sizes.M;
                for (int n = 0; n < sizes.N; n++)
                {
                    TSum sum = TSum.Zero;
                    int left = row * sizes.K, right = (batch * sizes.N + n) * sizes.K;
                    for (int k = 0; k < sizes.K; k++) sum += TSum.CreateTruncating(x[left + k]) * TSum.CreateTruncating(y[right + k]);
                    target[row * sizes.N + n] = sum;
                }
            }
        }
    }
}
