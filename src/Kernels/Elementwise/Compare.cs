using System.Numerics;

namespace Graft.Kernels.Elementwise;

/// <summary>
/// The six comparisons as scalar functions to bytes of 0 or 1; NaN is unequal to everything and in no order.
/// </summary>
internal static class Compare
{
    internal readonly struct Equal<T> : IScalarFn<T, byte> where T : IEqualityOperators<T, T, bool>
    {
        public byte Apply(T a, T b) => a == b ? (byte)1 : (byte)0;
    }

    internal readonly struct NotEqual<T> : IScalarFn<T, byte> where T : IEqualityOperators<T, T, bool>
    {
        public byte Apply(T a, T b) => a != b ? (byte)1 : (byte)0;
    }

    internal readonly struct Less<T> : IScalarFn<T, byte> where T : IComparisonOperators<T, T, bool>
    {
        public byte Apply(T a, T b) => a < b ? (byte)1 : (byte)0;
    }

    internal readonly struct LessOrEqual<T> : IScalarFn<T, byte> where T : IComparisonOperators<T, T, bool>
    {
        public byte Apply(T a, T b) => a <= b ? (byte)1 : (byte)0;
    }

    internal readonly struct Greater<T> : IScalarFn<T, byte> where T : IComparisonOperators<T, T, bool>
    {
        public byte Apply(T a, T b) => a > b ? (byte)1 : (byte)0;
    }

    internal readonly struct GreaterOrEqual<T> : IScalarFn<T, byte> where T : IComparisonOperators<T, T, bool>
    {
        public byte Apply(T a, T b) => a >= b ? (byte)1 : (byte)0;
    }
}
