using System.Numerics;

namespace Graft.Kernels.Segments;

/// <summary>How the rows of a segment are joined, and what an empty segment holds.</summary>
internal interface ISegmentFn<T> where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static abstract T Initial { get; }

    public static abstract T Join(T total, T value);
}

/// <summary>total + value from 0; integers wrap.</summary>
internal readonly struct SegmentSumFn<T> : ISegmentFn<T> where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Initial => T.Zero;

    public static T Join(T total, T value) => total + value;
}

/// <summary>total * value from 1; integers wrap.</summary>
internal readonly struct SegmentProdFn<T> : ISegmentFn<T> where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Initial => T.One;

    public static T Join(T total, T value) => total * value;
}

/// <summary>The larger from the lowest finite value; NaN values are passed over.</summary>
internal readonly struct SegmentMaxFn<T> : ISegmentFn<T> where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Initial => T.MinValue;

    public static T Join(T total, T value) => total < value ? value : total;
}

/// <summary>The smaller from the highest finite value; NaN values are passed over.</summary>
internal readonly struct SegmentMinFn<T> : ISegmentFn<T> where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Initial => T.MaxValue;

    public static T Join(T total, T value) => value < total ? value : total;
}
