using System.Numerics;
using Graft.Runtime;

namespace Graft.Ops.Adapted;

/// <summary>An input of the model, (sequences, positions), that has ones where a sequence has tokens, and zeros where it is padded.</summary>
/// <param name="Tensor">The input.</param>
internal readonly record struct TokenMask(int Tensor)
{
    /// <summary>Where the tokens of a sequence begin and end: the first of the largest elements, and as many behind it as there are ones.</summary>
    public (int First, int End) Tokens(in RunContext c, int sequence, int length)
    {
        var operand = new Operand(Tensor);
        return c.Type(operand) switch
        {
            DType.Int32 => Tokens(c.Read<int>(operand).Slice(sequence * length, length)),
            DType.Int64 => Tokens(c.Read<long>(operand).Slice(sequence * length, length)),
            DType.Float32 => Tokens(c.Read<float>(operand).Slice(sequence * length, length)),
            _ => Tokens(c.Read<byte>(operand).Slice(sequence * length, length)),
        };
    }

    /// <summary>Positions of a sequence, when the mask has so many elements as a node has rows; else 0.</summary>
    public int Length(in RunContext c, int rows) => c.Shape(new Operand(Tensor)) is { Rank: 2 } shape && shape.ElementCount == rows ? shape[1] : 0;

    private static (int First, int End) Tokens<T>(ReadOnlySpan<T> mask) where T : INumber<T>
    {
        int first = 0, count = 0;
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] > mask[first]) first = i;
            if (mask[i] == T.One) count++;
        }
        return (first, first + count);
    }
}
