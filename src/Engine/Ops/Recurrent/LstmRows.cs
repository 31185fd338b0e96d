namespace Graft.Ops.Recurrent;

/// <summary>Type rows of the LSTM operators with float data, made of the part that each direction has.</summary>
internal static class LstmRows
{
    /// <summary>LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM: weights, biases and projection, states, layer norms.</summary>
    public static string[] Single =>
    [
        $"f32 {FloatCell} f32 f32 f32? f32? f32? f32? -> f32",
        $"f32 {HybridCell("i8|u8")} f32 f32 f32? f32? f32? f32? -> f32",
        "i8 i8? i8 i8 i8 i8? i8 i8 i8 i16? i16? i16? i32? i32 i32 i32 i8? i32? i8|i16 i16 i16? i16? i16? i16? -> i8",
    ];

    /// <summary>BIDIRECTIONAL_SEQUENCE_LSTM: both directions, their states, auxiliary input and weights.</summary>
    public static string[] Both =>
    [
        $"f32 {FloatCell} {FloatCell} f32 f32 f32 f32 f32? {Eight("f32?")} -> f32 f32?",
        $"f32 {HybridCell("i8|u8")} {HybridCell("=2")} f32 f32 f32 f32 f32? {Eight("=2?")} -> f32 f32?",
    ];

    private static string FloatCell => "f32? f32 f32 f32 f32? f32 f32 f32 f32? f32? f32? f32? f32 f32 f32 f32? f32?";

    /// <summary>Weights all have the type of operand 2, which <paramref name="weights"/> names.</summary>
    private static string HybridCell(string weights) => $"=2? {weights} =2 =2 =2? =2 =2 =2 =2? =2? =2? f32? f32 f32 f32 =2? f32?";

    private static string Eight(string operand) => string.Join(' ', Enumerable.Repeat(operand, 8));
}
