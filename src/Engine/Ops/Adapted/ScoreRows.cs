using System.Numerics;
using Graft.Graphs;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>Rows that a softmax reads, of <paramref name="keys"/> scores each.</summary>
internal abstract class ScoreRows(int keys)
{
    protected int Keys { get; } = keys;

    /// <returns>Null for a type without a meaning as real numbers.</returns>
    public static ScoreRows? Of(TensorInfo info, int keys, Operand scores, float beta) => (info.Type, info.Quantization) switch
    {
        (DType.Float32, _) => new FloatScoreRows(keys, scores, beta),
        (DType.Int8, { Scale: > 0 } q) => new QuantizedScoreRows<sbyte>(keys, scores, beta * q.Scale, q.ZeroPoint),
        (DType.Int16, { Scale: > 0 } q) => new QuantizedScoreRows<short>(keys, scores, beta * q.Scale, q.ZeroPoint),
        _ => null,
    };

    /// <summary>ln of the sum of e^(beta s) over a row.</summary>
    public abstract float LogSum(in RunContext c, int row);
}

/// <summary>Float scores.</summary>
internal sealed class FloatScoreRows(int keys, Operand scores, float beta) : ScoreRows(keys)
{
    public override float LogSum(in RunContext c, int row)
    {
        var values = c.Read<float>(scores).Slice(row * Keys, Keys);
        float most = float.NegativeInfinity;
        foreach (float value in values) most = Math.Max(most, value);
        if (float.IsNegativeInfinity(most)) return most;
        double sum = 0;
        foreach (float value in values) sum += MathF.Exp(beta * (value - most));
        return beta * most + (float)Math.Log(sum);
    }
}

/// <summary>Quantised scores; <paramref name="beta"/> includes their scale.</summary>
internal sealed class QuantizedScoreRows<T>(int keys, Operand scores, float beta, int zeroPoint) : ScoreRows(keys)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public override float LogSum(in RunContext c, int row)
    {
        var values = c.Read<T>(scores).Slice(row * Keys, Keys);
        T most = T.MinValue;
        foreach (T value in values) most = T.Max(most, value);
        int top = int.CreateTruncating(most);
        double sum = 0;
        foreach (T value in values) sum += MathF.Exp(beta * (int.CreateTruncating(value) - top));
        return beta * (top - zeroPoint) + (float)Math.Log(sum);
    }
}
