using Graft.Adapters.Form;

namespace Graft.Adapters.Methods;

/// <summary>Orthogonal matrices from skew-symmetric ones.</summary>
internal static class Rotations
{
    /// <summary>Q with the elements above the diagonal row by row, and their negatives below.</summary>
    public static Matrix Skew(ReadOnlySpan<float> upper, int size)
    {
        var q = new Matrix(size, size);
        int at = 0;
        for (int r = 0; r < size; r++)
        {
            for (int c = r + 1; c < size; c++, at++) (q[r, c], q[c, r]) = (upper[at], -upper[at]);
        }
        return q;
    }

    /// <summary>Q shrunk to a Frobenius norm of at most <paramref name="bound"/>.</summary>
    public static Matrix Bounded(Matrix q, double bound)
    {
        double norm = Math.Sqrt(q.Values.Sum(v => (double)v * v));
        return norm <= bound ? q : q.Scaled((float)(bound / norm));
    }

    /// <summary>(I - Q)(I + Q)^-1.</summary>
    public static Matrix Cayley(Matrix q)
    {
        var identity = Matrix.Identity(q.Rows);
        return identity.Plus(q, -1).Times(LinearAlgebra.Inverse(identity.Plus(q)));
    }

    /// <summary>I + 2 Q + 2 Q^2 + ... with the last of <paramref name="terms"/> terms counted once.</summary>
    public static Matrix Series(Matrix q, int terms)
    {
        var sum = Matrix.Identity(q.Rows);
        if (terms <= 1) return sum;
        sum = sum.Plus(q, 2);
        if (terms <= 2) return sum;
        var power = q.Times(q);
        sum = sum.Plus(power, 2);
        for (int i = 3; i < terms - 1; i++)
        {
            power = power.Times(q);
            sum = sum.Plus(power, 2);
        }
        return sum.Plus(power.Times(q));
    }

    /// <summary>Blocks along the diagonal of a matrix of this size; a single one is repeated.</summary>
    public static Matrix BlockDiagonal(Matrix[] blocks, int size)
    {
        int block = blocks[0].Rows, count = size / block;
        if (count * block != size || (blocks.Length != 1 && blocks.Length != count)) throw new ArgumentException($"{blocks.Length} blocks of {block} for {size}");
        var diagonal = new Matrix(size, size);
        for (int i = 0; i < count; i++)
        {
            var source = blocks.Length == 1 ? blocks[0] : blocks[i];
            for (int r = 0; r < block; r++) source.Row(r).CopyTo(diagonal.Row(i * block + r)[(i * block)..]);
        }
        return diagonal;
    }
}
