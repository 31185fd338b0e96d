using Graft.Properties.Plans;
using Graft.Schema;
using static Graft.Schema.BuiltinOperator;

namespace Graft.Properties;

/// <summary>Every operator that is tried at random: its plan, and what else must be known. Sorted by name within a family.</summary>
internal static class OpRows
{
    public static readonly OpRow[] Pointwise =
    [
        new(Abs, Plans.Pointwise.Unary),
        new(Add, Plans.Pointwise.Activated(a => new AddOptionsRecord { FusedActivationFunction = a })),
        new(AddN, Plans.Pointwise.Many),
        new(Atan2, Plans.Pointwise.Alike(Domain.Anything, Domain.Anything)),
        // Bytes that become bools are read back from the reference as truth values.
        new(Bitcast, BitcastLike) { Yardstick = types => types.Outputs[0] == DType.Bool && types.Inputs[0] != DType.Bool ? null : "ref" },
        new(BitwiseXor, Plans.Pointwise.Binary),
        new(Cast, Plans.Pointwise.Cast),
        new(Ceil, Plans.Pointwise.Unary),
        new(Cos, Plans.Pointwise.Unary),
        new(Dequantize, Plans.Pointwise.Dequantize),
        new(Div, Plans.Pointwise.Activated(a => new DivOptionsRecord { FusedActivationFunction = a }, Plans.Pointwise.Division)),
        new(Elu, Plans.Pointwise.Unary),
        new(Equal, Plans.Pointwise.Binary),
        new(Exp, Plans.Pointwise.Unary),
        new(FakeQuant, Plans.Pointwise.UnaryWith(d => new FakeQuantOptionsRecord { Min = -d.Int(0, 6), Max = d.Int(1, 6), NumBits = d.Of(8, 4, 16), NarrowRange = d.Bool() }))
        {
            Yardstick = types => types.Inputs[0] == DType.Float32 ? "ref" : null,
        },
        new(Floor, Plans.Pointwise.Unary),
        new(FloorDiv, Plans.Pointwise.Division),
        new(FloorMod, Plans.Pointwise.Division),
        // Far left of zero 1 + erf(x) cancels in the reference.
        new(Gelu, Plans.Pointwise.UnaryWith(d => new GeluOptionsRecord { Approximate = d.Bool() }, s => Plans.Pointwise.Unary(s, new(s.Type(0) == DType.Float32 ? -1.5 : 0, 8)))),
        new(Greater, Plans.Pointwise.Binary),
        new(GreaterEqual, Plans.Pointwise.Binary),
        new(HardSwish, Plans.Pointwise.Unary),
        new(LeakyRelu, Plans.Pointwise.UnaryWith(d => new LeakyReluOptionsRecord { Alpha = d.Of(0.5f, 0.1f, 1.5f, -0.25f, 0) })),
        new(Less, Plans.Pointwise.Binary),
        new(LessEqual, Plans.Pointwise.Binary),
        new(Log, s => Plans.Pointwise.Unary(s, s.Type(0).IsFloat() ? Domain.Anything : new(0, 8))),
        new(LogicalAnd, Plans.Pointwise.Binary),
        new(LogicalNot, Plans.Pointwise.Unary),
        new(LogicalOr, Plans.Pointwise.Binary),
        new(Logistic, Plans.Pointwise.UnaryInto(8, -128)),
        new(Maximum, Plans.Pointwise.BinarySame),
        new(Minimum, Plans.Pointwise.BinarySame),
        new(Mul, Plans.Pointwise.Activated(a => new MulOptionsRecord { FusedActivationFunction = a })),
        new(Neg, Plans.Pointwise.UnarySame),
        new(NotEqual, Plans.Pointwise.Binary),
        new(Pow, Plans.Pointwise.Power),
        new(Prelu, Plans.Pointwise.Prelu),
        new(BuiltinOperator.Quantize, Plans.Pointwise.Quantize),
        new(Relu, Plans.Pointwise.Unary),
        new(Relu0To1, Plans.Pointwise.Unary),
        new(Relu6, Plans.Pointwise.Unary),
        new(ReluN1To1, Plans.Pointwise.Unary),
        new(RightShift, Plans.Pointwise.Shift),
        new(Round, Plans.Pointwise.Unary),
        new(Rsqrt, Plans.Pointwise.UnaryRoot),
        new(Select, Plans.Pointwise.Select),
        new(SelectV2, Plans.Pointwise.SelectBroadcast),
        new(Sign, Plans.Pointwise.Unary),
        new(Sin, Plans.Pointwise.Unary),
        new(Sqrt, Plans.Pointwise.UnaryRoot),
        new(Square, Plans.Pointwise.Unary),
        new(SquaredDifference, Plans.Pointwise.Binary),
        new(StablehloAdd, Plans.Pointwise.Alike(Domain.Real, Domain.Real)),
        new(StablehloAnd, Plans.Pointwise.Alike(Domain.Whole(0, 99), Domain.Whole(0, 99))),
        new(StablehloMaximum, Plans.Pointwise.Alike(Domain.Real, Domain.Real)),
        new(StablehloMinimum, Plans.Pointwise.Alike(Domain.Real, Domain.Real)),
        new(StablehloMultiply, Plans.Pointwise.Alike(Domain.Real, Domain.Real)),
        new(StablehloShiftLeft, Plans.Pointwise.Alike(Domain.Whole(-9, 9), Domain.Whole(0, 7))),
        new(Sub, Plans.Pointwise.Activated(a => new SubOptionsRecord { FusedActivationFunction = a })),
        new(Tanh, Plans.Pointwise.UnaryInto(7, 0)),
        new(ZerosLike, Plans.Pointwise.UnarySame),
    ];

    public static readonly OpRow[] Reducing =
    [
        new(ArgMax, Plans.Reducing.ArgMax),
        new(ArgMin, Plans.Reducing.ArgMin),
        new(Bucketize, Plans.Reducing.Bucketize),
        new(Cumsum, Plans.Reducing.Cumsum),
        new(L2Normalization, Plans.Reducing.Rows(7, 0, _ => new L2NormOptionsRecord())),
        new(LogSoftmax, Plans.Reducing.Rows(4, 127, _ => new LogSoftmaxOptionsRecord())),
        new(Mean, Plans.Reducing.Sum),
        new(ReduceAll, Plans.Reducing.Extreme),
        new(ReduceAny, Plans.Reducing.Extreme),
        new(ReduceMax, Plans.Reducing.Extreme),
        new(ReduceMin, Plans.Reducing.Extreme),
        new(ReduceProd, Plans.Reducing.Product),
        new(SegmentSum, Plans.Reducing.SortedSegments),
        new(Softmax, Plans.Reducing.Rows(8, -128, d => new SoftmaxOptionsRecord { Beta = d.Of(1, 0.5f, 2) })),
        new(Sum, Plans.Reducing.Sum) { Yardstick = types => types.Inputs[0] is DType.Int8 or DType.Int16 ? "opt" : "ref" },
        new(TopKV2, Plans.Reducing.TopK),
        new(Unique, Plans.Reducing.Unique),
        new(UnsortedSegmentMax, Plans.Reducing.Segments),
        new(UnsortedSegmentMin, Plans.Reducing.Segments),
        new(UnsortedSegmentProd, Plans.Reducing.Segments),
        new(UnsortedSegmentSum, Plans.Reducing.Segments),
    ];

    public static readonly OpRow[] Matrices =
    [
        new(AveragePool2D, Plans.Matrices.Pool),
        new(BatchMatMul, Plans.Matrices.BatchMatMul),
        new(Conv2D, Plans.Matrices.Conv),
        new(BuiltinOperator.Conv3D, Plans.Matrices.Conv3D),
        new(DepthwiseConv2D, Plans.Matrices.Depthwise),
        new(FullyConnected, Plans.Matrices.FullyConnected),
        new(L2Pool2D, Plans.Matrices.Pool),
        new(MaxPool2D, Plans.Matrices.Pool),
        new(TransposeConv, Plans.Matrices.Transposed),
    ];

    public static readonly OpRow[] Moving =
    [
        new(BatchToSpaceNd, Moves.BatchToSpace) { Yardstick = types => types.Inputs.Skip(1).Contains(DType.Int64) ? null : "ref" },
        new(BroadcastArgs, Indexing.BroadcastArgs),
        new(BroadcastTo, Moves.BroadcastTo) { Yardstick = NotPacked },
        new(Concatenation, Moves.Concatenation),
        new(DepthToSpace, Moves.DepthToSpace),
        new(Dilate, Moves.Dilate),
        new(DynamicUpdateSlice, Indexing.UpdateSlice),
        new(EmbeddingLookup, Indexing.EmbeddingLookup),
        new(ExpandDims, Moves.ExpandDims),
        new(Fill, Indexing.Fill),
        new(Gather, Indexing.Gather) { Yardstick = NotPacked },
        new(GatherNd, Indexing.GatherNd),
        new(MatrixDiag, Moves.Diagonal) { Yardstick = Diagonals },
        new(MatrixSetDiag, Moves.SetDiagonal) { Yardstick = Diagonals },
        new(MirrorPad, Moves.MirrorPad),
        new(OneHot, Indexing.OneHot),
        new(Pack, Moves.Pack),
        new(Pad, Moves.Pad),
        new(PadV2, Moves.Pad),
        new(BuiltinOperator.Range, Indexing.Range),
        new(Rank, Moves.Diagonal),
        new(Reshape, Moves.Reshape),
        new(ResizeBilinear, s => Moves.Resize(s, (align, half) => new ResizeBilinearOptionsRecord { AlignCorners = align, HalfPixelCenters = half })),
        new(ResizeNearestNeighbor, s => Moves.Resize(s, (align, half) => new ResizeNearestNeighborOptionsRecord { AlignCorners = align, HalfPixelCenters = half })),
        new(ReverseSequence, Moves.ReverseSequence),
        new(ReverseV2, Moves.Reverse),
        new(ScatterNd, Indexing.ScatterNd),
        new(BuiltinOperator.Shape, Moves.ShapeOf),
        new(Slice, Moves.Slice),
        new(SpaceToBatchNd, Moves.SpaceToBatch) { Yardstick = types => types.Inputs.Skip(1).Contains(DType.Int64) ? null : "ref" },
        new(SpaceToDepth, Moves.SpaceToDepth),
        new(SparseToDense, Indexing.SparseToDense),
        new(Split, Moves.Split),
        new(SplitV, Moves.SplitSizes),
        new(Squeeze, Moves.Squeeze),
        new(StridedSlice, Moves.StridedSlice),
        new(Tile, Moves.Tile),
        new(Transpose, Moves.Transpose) { Yardstick = types => types.Inputs.Skip(1).Contains(DType.Int64) ? null : "ref" },
        new(Unpack, Moves.Unpack),
        new(Where, Indexing.Where),
    ];

    private static string? NotPacked(TypeChoice types) => types.Inputs[0]!.Value.IsPacked() ? null : "ref";

    private static string? Diagonals(TypeChoice types) =>
        types.Inputs[0] is DType.Float32 or DType.Int8 or DType.UInt8 or DType.Int16 or DType.Int32 or DType.Int64 ? "ref" : null;

    // The innermost axis is spent or made where widths differ.
    private static void BitcastLike(Sketch s)
    {
        int from = s.Type(0).Bits(), to = s.Types.Outputs[0].Bits();
        int[] shape = s.Draw.Shape(0, 3);
        s.Data(to > from ? [.. shape, to / from] : shape, Domain.Anything);
        s.Result();
    }
}
