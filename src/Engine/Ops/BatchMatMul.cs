using System.Numerics;
using Graft.Graphs;
using Graft.Kernels.Gemm;
using Graft.Ops.Adapted;
using Graft.Ops.Matrix;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>BATCH_MATMUL: (..., M, K) x (..., K, N) with broadcast leading dimensions; adj_x and adj_y say that a factor is transposed.</summary>
internal sealed class BatchMatMul(bool adjX, bool adjY, bool asymmetric) : IOp<BatchMatMul>, IAdaptable, IReadsBeyond
{
    public static OpSignature Signature => new(BuiltinOperator.BatchMatMul, 4,
        "f32 f32 -> f32", "f32 i8 -> f32", "i8 i8 -> i8|i32", "i16 i8|i16 -> i16");

    /// <summary>The left factor is stored as (..., K, M).</summary>
    public bool IsLeftTransposed => adjX;

    /// <summary>The right factor is stored as (..., N, K).</summary>
    public bool IsRightTransposed => adjY;

    /// <summary>Queries, scores and hidden states, where the product is an attention's with the values.</summary>
    public ReadOnlySpan<int> Beyond(Subgraph subgraph, Node node) => Attention.Find(subgraph, node) is not { } attention ? []
        : attention.Hidden is { } hidden ? new[] { attention.Query, attention.Scores, hidden } : new[] { attention.Query, attention.Scores };

    public static BatchMatMul Read(in OperatorDef def)
    {
        var options = def.Options<BatchMatMulOptionsView>();
        return new(options.AdjX, options.AdjY, options.AsymmetricQuantizeInputs);
    }

    public void Infer(in InferContext c)
    {
        Shape left = c.Shape(0), right = c.Shape(1);
        c.Require(left.Rank >= 2 && right.Rank >= 2, $"factors {left} and {right} must have rank 2 or more");
        int k = adjX ? left[^2] : left[^1], other = adjY ? right[^1] : right[^2];
        c.Require(k == other, $"factors {left} and {right} share no inner dimension: {k} against {other}");
        int batchRank = Math.Min(left.Rank, right.Rank) - 2;
        for (int d = 3; d < batchRank + 3; d++)
        {
            c.Require(left[^d] == right[^d] || left[^d] == 1 || right[^d] == 1, $"the leading dimensions of {left} and {right} do not broadcast");
        }
        c.SetOutput(0, BatchProduct.OutputShape(left, right, adjX, adjY));
    }

    public IStep Prepare(in PrepareContext c)
    {
        var product = BatchProduct.Of(c.Shape(0), c.Shape(1), c.OutputShape(0), adjX, adjY);
        var plain = Step(c, product, null);
        if (!c.IsAdapted || LinearProduct.Of(c.Subgraph, c.Node) is not { } layer) return AdaptedAttention.Wrap(c, plain);
        var context = c;
        return AdaptedProduct.Wrap(c, layer, product, plain, sums => Step(context, product, sums));
    }

    /// <param name="c">The node.</param>
    /// <param name="product">Sizes.</param>
    /// <param name="sums">What becomes of the sums of integers in place of the node's own outputs; null for these.</param>
    private IStep Step(in PrepareContext c, BatchProduct product, IIntEpilogue? sums)
    {
        bool plain = c.Kernels == KernelSet.Reference || product.K == 0;
        return (c.Type(0), c.Type(1)) switch
        {
            (DType.Float32, DType.Float32) => plain ? new BatchReferenceFloat(product, c.In(0), c.In(1), c.Out(0)) : Float(c, product),
            (DType.Float32, _) => Hybrid(c, product, plain),
            (DType.Int16, DType.Int8) => Definition<short, sbyte>(c, product, sums ?? Epilogue(c, product)),
            (DType.Int16, _) => Definition<short, short>(c, product, sums ?? Epilogue(c, product)),
            _ => Int8(c, product, plain, sums),
        };
    }

    private static IStep Float(in PrepareContext c, BatchProduct product)
    {
        var steps = new List<IStep>();
        var transposed = Transposed<float>(c, product, steps);
        var step = new BatchFloatStep(c, product, transposed);
        return steps.Count == 0 ? step : new Sequence([.. steps, step]);
    }

    private static IStep Int8(in PrepareContext c, BatchProduct product, bool plain, IIntEpilogue? sums)
    {
        bool raw = c.Output(0).Type == DType.Int32;
        int rightZeroPoint = raw ? 0 : ZeroPoint(c, 1);
        var kernel = GemmInt.Select(wideLeft: false, wideRight: rightZeroPoint != 0);
        var epilogue = sums ?? (raw ? new RawEpilogue(product.N, c.Out(0)) : Epilogue(c, product));
        if (plain) return Definition<sbyte, sbyte>(c, product, epilogue);
        var steps = new List<IStep>();
        var transposed = Transposed<sbyte>(c, product, steps);
        return Integer(c, product, transposed, null, raw ? 0 : ZeroPoint(c, 0), rightZeroPoint, kernel, epilogue, steps);
    }

    private IStep Hybrid(in PrepareContext c, BatchProduct product, bool plain)
    {
        var steps = new List<IStep>();
        var transposed = Transposed<float>(c, product, steps);
        product = product with { LeftTransposed = false };
        var rows = new QuantizedRows(c, product, transposed, asymmetric);
        steps.Add(rows);
        var kernel = GemmInt.Select(wideLeft: false, wideRight: false);
        var epilogue = new HybridEpilogue(new Operand(-1), product.N, MatrixScales.Weights(c, product.N), rows, scalesFirst: true, (float.NegativeInfinity, float.PositiveInfinity), c.Out(0));
        if (!plain) return Integer(c, product, null, rows, 0, 0, kernel, epilogue, steps);
        steps.Add(new BatchReferenceStep<sbyte, sbyte>(product, c.In(0), rows, 0, c.In(1), 0, epilogue));
        return new Sequence([.. steps]);
    }

    private static IStep Integer(in PrepareContext c, BatchProduct product, Scratch? transposed, QuantizedRows? rows, int leftZeroPoint, int rightZeroPoint,
        GemmInt kernel, IIntEpilogue epilogue, List<IStep> steps)
    {
        long length = kernel.PackedBytes(product.K, product.N);
        c.Require(length <= int.MaxValue, "a right factor exceeds 2 GB when packed");
        var right = new IntWeights(kernel, new(c.ScratchShared(product.RightCount * length), (int)length));
        steps.Add(new PackBatchInt(product, c.In(1), rightZeroPoint, right));
        steps.Add(new BatchIntStep(c, product, transposed, rows, leftZeroPoint, right, epilogue));
        return new Sequence([.. steps]);
    }

    private static IStep Definition<TLeft, TRight>(in PrepareContext c, BatchProduct product, IIntEpilogue epilogue)
        where TLeft : unmanaged, IBinaryInteger<TLeft>
        where TRight : unmanaged, IBinaryInteger<TRight>
    {
        bool raw = epilogue is RawEpilogue;
        return new BatchReferenceStep<TLeft, TRight>(product, c.In(0), null, raw ? 0 : ZeroPoint(c, 0), c.In(1), raw ? 0 : ZeroPoint(c, 1), epilogue);
    }

    private static IIntEpilogue Epilogue(in PrepareContext c, BatchProduct product) => c.Type(0) == DType.Int16
        ? QuantizedEpilogues.For<short>(c, product.N, product.K, ActivationFunctionType.None, Rounding.FixedPoint, weightsByChannel: false)
        : QuantizedEpilogues.For<sbyte>(c, product.N, product.K, ActivationFunctionType.None, Rounding.FixedPoint, weightsByChannel: false);

    private static Scratch? Transposed<T>(in PrepareContext c, BatchProduct product, List<IStep> steps) where T : unmanaged
    {
        if (!product.LeftTransposed) return null;
        var scratch = c.ScratchShared((long)product.LeftCount * product.M * product.K * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        steps.Add(new TransposeMatrices<T>(product.LeftCount, product.K, product.M, c.In(0), scratch));
        return scratch;
    }

    private static int ZeroPoint(in PrepareContext c, int input) => c.Input(input).Quantization?.ZeroPoint ?? 0;
}
