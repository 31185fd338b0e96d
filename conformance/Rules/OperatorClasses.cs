using System.Collections.Frozen;

namespace Graft.Conformance.Rules;

/// <summary>
/// The class of every operator, and where the reference's results need care: stated here and nowhere else.
/// </summary>
internal static class OperatorClasses
{
    private const string Exact = """
        ABS ARG_MAX ARG_MIN ASSIGN_VARIABLE BATCH_TO_SPACE_ND BITCAST BITWISE_XOR BROADCAST_ARGS BROADCAST_TO
        BUCKETIZE CALL CALL_ONCE CAST CEIL CONCATENATION CONCAT_EMBEDDINGS CUSTOM DELEGATE DENSIFY
        DEPTH_TO_SPACE DILATE DYNAMIC_UPDATE_SLICE EQUAL EXPAND_DIMS FILL FLOOR GATHER GATHER_ND GREATER
        GREATER_EQUAL HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_LOOKUP HASHTABLE_SIZE IF IMAG LESS
        LESS_EQUAL LOGICAL_AND LOGICAL_NOT LOGICAL_OR LSH_PROJECTION MATRIX_DIAG MATRIX_SET_DIAG MAXIMUM
        MAX_POOL_2D MINIMUM MIRROR_PAD NEG NON_MAX_SUPPRESSION_V4 NOT_EQUAL ONE_HOT PACK PAD PADV2
        PLACEHOLDER_FOR_GREATER_OP_CODES QUANTIZE RANK READ_VARIABLE REAL REDUCE_ALL REDUCE_ANY REDUCE_MAX
        REDUCE_MIN RELU RELU6 RELU_0_TO_1 RELU_N1_TO_1 RESHAPE RESIZE_NEAREST_NEIGHBOR REVERSE_SEQUENCE
        REVERSE_V2 RIGHT_SHIFT ROUND SELECT SELECT_V2 SHAPE SIGN SKIP_GRAM SLICE SPACE_TO_BATCH_ND
        SPACE_TO_DEPTH SPARSE_TO_DENSE SPLIT SPLIT_V SQUEEZE STRIDED_SLICE TILE TOPK_V2 TRANSPOSE UNIQUE UNPACK
        UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_MIN VAR_HANDLE WHERE WHILE ZEROS_LIKE
        STABLEHLO_ABS STABLEHLO_AND STABLEHLO_BROADCAST_IN_DIM STABLEHLO_CASE STABLEHLO_CLAMP STABLEHLO_COMPARE
        STABLEHLO_COMPOSITE STABLEHLO_CONCATENATE STABLEHLO_CONVERT STABLEHLO_CUSTOM_CALL
        STABLEHLO_DYNAMIC_SLICE STABLEHLO_DYNAMIC_UPDATE_SLICE STABLEHLO_FLOOR STABLEHLO_GATHER STABLEHLO_IOTA
        STABLEHLO_MAXIMUM STABLEHLO_MINIMUM STABLEHLO_NEGATE STABLEHLO_OR STABLEHLO_PAD STABLEHLO_RESHAPE
        STABLEHLO_RNG_BIT_GENERATOR STABLEHLO_SELECT STABLEHLO_SHIFT_LEFT STABLEHLO_SLICE STABLEHLO_SORT
        STABLEHLO_TRANSPOSE STABLEHLO_WHILE
        BroadcastGradientArgs MaxPool3D MaxPoolWithArgmax MaxPoolingWithArgmax2D MaxUnpooling2D NumericVerify
        ParseExampleV2 Roll
        """;

    private const string Elementwise = """
        ADD ATAN2 COMPLEX_ABS COS DEQUANTIZE DIV ELU EMBEDDING_LOOKUP EXP FAKE_QUANT FLOOR_DIV FLOOR_MOD
        HARD_SWISH LEAKY_RELU LOG LOGISTIC MUL MULTINOMIAL NON_MAX_SUPPRESSION_V5 POW PRELU
        RANDOM_STANDARD_NORMAL RANDOM_UNIFORM RANGE RSQRT SCATTER_ND SIN SQRT SQUARE SQUARED_DIFFERENCE SUB TANH
        STABLEHLO_ADD STABLEHLO_CBRT STABLEHLO_COSINE STABLEHLO_DIVIDE STABLEHLO_EXPONENTIAL STABLEHLO_LOG
        STABLEHLO_LOGISTIC STABLEHLO_MULTIPLY STABLEHLO_POWER STABLEHLO_REMAINDER STABLEHLO_RSQRT
        STABLEHLO_SCATTER STABLEHLO_SUBTRACT STABLEHLO_TANH
        """;

    private const string Accumulating = """
        ADD_N AVERAGE_POOL_2D BATCH_MATMUL BIDIRECTIONAL_SEQUENCE_LSTM BIDIRECTIONAL_SEQUENCE_RNN CONV_2D
        CONV_3D CONV_3D_TRANSPOSE CUMSUM DEPTHWISE_CONV_2D EMBEDDING_LOOKUP_SPARSE FULLY_CONNECTED GELU
        L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOG_SOFTMAX LSTM MEAN REDUCE_PROD REDUCE_WINDOW
        RESIZE_BILINEAR RFFT2D RNN SEGMENT_SUM SOFTMAX SUM SVDF TRANSPOSE_CONV UNIDIRECTIONAL_SEQUENCE_LSTM
        UNIDIRECTIONAL_SEQUENCE_RNN UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_SUM
        STABLEHLO_CONVOLUTION STABLEHLO_DOT_GENERAL STABLEHLO_REDUCE STABLEHLO_REDUCE_WINDOW
        AudioSpectrogram AvgPool3D Convolution2DTransposeBias IRFFT2D Mfcc TFLite_Detection_PostProcess
        aeq.hadamard_rotation
        """;

    private static readonly FrozenDictionary<string, OperatorClass> Table = new[]
    {
        (OperatorClass.Exact, Exact),
        (OperatorClass.Elementwise, Elementwise),
        (OperatorClass.Accumulating, Accumulating),
    }.SelectMany(row => Names(row.Item2).Select(name => (Name: name, Class: row.Item1)))
        .ToDictionary(row => row.Name, row => row.Class).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// Operators with a fused activation, and pooling: the reference clamps infinities to the largest float even
    /// without one.
    /// </summary>
    private static readonly FrozenSet<string> ClampingInfinity = Names("""
        ADD SUB MUL DIV MAX_POOL_2D AVERAGE_POOL_2D L2_POOL_2D CONV_2D CONV_3D CONV_3D_TRANSPOSE
        DEPTHWISE_CONV_2D FULLY_CONNECTED TRANSPOSE_CONV
        """).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// Operators that XNNPACK computes wrongly for some values: it drops NaN in minimum and maximum, exp(NaN) is 0, and
    /// sine, cosine and sigmoid of huge values are NaN.
    /// </summary>
    private static readonly FrozenSet<string> WrongInXnnpack =
        Names("MAXIMUM MINIMUM EXP SIN COS LOGISTIC").ToFrozenSet(StringComparer.Ordinal);

    public static IEnumerable<string> Known => Table.Keys;

    /// <summary>The class of an operator; one that the table lacks is taken to accumulate.</summary>
    public static OperatorClass Of(string operatorName) =>
        Table.GetValueOrDefault(operatorName, OperatorClass.Accumulating);

    public static bool ClampsInfinity(string operatorName) => ClampingInfinity.Contains(operatorName);

    public static bool IsWrongInXnnpack(string operatorName) => WrongInXnnpack.Contains(operatorName);

    /// <summary>GELU's own scale, the depth of its dip: in the reference 1 + tanh(x) cancels for negative x.</summary>
    public static double LeastMagnitude(string operatorName) => operatorName == "GELU" ? 0.17 : 0;

    private static string[] Names(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
