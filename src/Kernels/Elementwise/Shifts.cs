using System.Numerics;

namespace Graft.Kernels.Elementwise;

/// <summary>a shifted right by b bits, keeping the sign; b is first limited to [0, bits - 1].</summary>
internal readonly struct ShiftRightFn<T> : IScalarFn<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T a, T b) => a >> Math.Clamp(int.CreateSaturating(b), 0, int.CreateTruncating(T.PopCount(T.AllBitsSet)) - 1);
}

/// <summary>a shifted left by b bits as a 32-bit integer, of which the lower bits stay; the count is taken modulo 32.</summary>
internal readonly struct ShiftLeftFn<T> : IScalarFn<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T a, T b) => T.CreateTruncating(int.CreateTruncating(a) << int.CreateTruncating(b));
}
