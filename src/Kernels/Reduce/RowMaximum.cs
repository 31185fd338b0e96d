using System.Numerics;
using System.Runtime.CompilerServices;

namespace Graft.Kernels.Reduce;

/// <summary>The greatest integer of a row, as an int.</summary>
internal static class RowMaximum
{
    [MethodImpl(Jit.Loop)]
    public static int Of<T>(ReadOnlySpan<T> row) where T : unmanaged, IBinaryInteger<T>
    {
        T most = row[0];
        foreach (T value in row) most = T.Max(most, value);
        return int.CreateTruncating(most);
    }
}
