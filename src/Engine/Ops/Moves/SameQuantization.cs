namespace Graft.Ops.Moves;

/// <summary>Elements that are moved keep their bits, so both sides must give them the same meaning.</summary>
internal static class SameQuantization
{
    /// <summary>Refuses an output whose per-tensor scale or zero point differs from an input's.</summary>
    public static void Require(in InferContext c, int input, int output)
    {
        var from = c.Input(input).Quantization;
        var to = c.Output(output).Quantization;
        float fromScale = from?.Scale ?? 0, toScale = to?.Scale ?? 0;
        int fromZero = from?.ZeroPoint ?? 0, toZero = to?.ZeroPoint ?? 0;
        c.Require(fromScale == toScale && fromZero == toZero,
            $"input {input} has scale {fromScale:R}, zero point {fromZero}, but output {output} has "
                + $"scale {toScale:R}, zero point {toZero}; they must be equal");
    }
}
