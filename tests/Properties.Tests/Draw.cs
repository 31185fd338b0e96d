namespace Graft.Properties;

/// <summary>
/// Turns numbers that FsCheck chose into decisions, one number each. Numbers that ran out are zero, and zero is always the simplest
/// decision: a case shrinks by shrinking its numbers, whatever they decide.
/// </summary>
internal sealed class Draw(IReadOnlyList<int> choices)
{
    private int _at;

    public uint Next() => _at < choices.Count ? (uint)choices[_at++] : 0;

    /// <summary>A whole number from low to high, both included; low is the simplest.</summary>
    public int Int(int low, int high) => high < low ? throw new ArgumentException($"no number from {low} to {high}") : low + (int)(Next() % (uint)(high - low + 1));

    public bool Bool() => Next() % 2 == 1;

    /// <summary>True once in so many times, never for the simplest decision.</summary>
    public bool Once(int times) => Next() % (uint)times == (uint)times - 1;

    /// <summary>One of some things, of which the first is the simplest.</summary>
    public T Of<T>(params ReadOnlySpan<T> things) => things[Int(0, things.Length - 1)];

    /// <summary>A length: mostly short, now and then longer than a vector, rarely nothing.</summary>
    public int Length() => Of(1, 2, 3, 4, 5, 3, 2, 7, 8, 1, 4, 16, 2, 33, 3, 1);

    /// <summary>A shape of a rank between the bounds and at most some thousand elements.</summary>
    public int[] Shape(int rankMin = 0, int rankMax = 5, int least = 1)
    {
        int[] shape = new int[Int(rankMin, rankMax)];
        int count = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            int length = Once(40) && least == 0 ? 0 : Length();
            shape[i] = count * length > 3000 ? 1 : length;
            count *= Math.Max(1, shape[i]);
        }
        return shape;
    }

    /// <summary>A shape that broadcasts to another: leading axes are left out, others are 1.</summary>
    public int[] Narrowed(ReadOnlySpan<int> shape)
    {
        int[] result = shape[(Once(3) ? Int(0, shape.Length) : 0)..].ToArray();
        bool plain = Bool();
        for (int i = 0; i < result.Length; i++)
        {
            if (!plain && Once(3)) result[i] = 1;
        }
        return result;
    }

    /// <summary>An axis of so many, counted from either end.</summary>
    public int Axis(int rank)
    {
        int axis = Int(0, rank - 1);
        return Once(3) ? axis - rank : axis;
    }

    /// <summary>Some axes of so many, in any order.</summary>
    public int[] Axes(int rank)
    {
        var axes = new List<int>();
        for (int i = 0; i < rank; i++)
        {
            if (Bool()) axes.Insert(Int(0, axes.Count), Once(4) ? i - rank : i);
        }
        return [.. axes];
    }

    /// <summary>The numbers from 0 on, in any order.</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = 0; i < count; i++)
        {
            int other = Int(i, count - 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }
}
