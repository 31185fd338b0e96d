using System.Runtime.InteropServices;

namespace Graft.Kernels.Simd;

/// <summary>
/// A number as a type argument: branches on it cost nothing, and what they exclude is not in the code. It is the size of the type, too: where
/// <c>Unsafe.SizeOf</c> stands in a condition, the compiler does not even read what that excludes.
/// </summary>
internal interface ICount
{
    static abstract int Value { get; }
}

[StructLayout(LayoutKind.Explicit, Size = 1)]
internal readonly struct N1 : ICount { public static int Value => 1; }

[StructLayout(LayoutKind.Explicit, Size = 2)]
internal readonly struct N2 : ICount { public static int Value => 2; }

[StructLayout(LayoutKind.Explicit, Size = 3)]
internal readonly struct N3 : ICount { public static int Value => 3; }

[StructLayout(LayoutKind.Explicit, Size = 4)]
internal readonly struct N4 : ICount { public static int Value => 4; }

[StructLayout(LayoutKind.Explicit, Size = 5)]
internal readonly struct N5 : ICount { public static int Value => 5; }

[StructLayout(LayoutKind.Explicit, Size = 6)]
internal readonly struct N6 : ICount { public static int Value => 6; }

[StructLayout(LayoutKind.Explicit, Size = 7)]
internal readonly struct N7 : ICount { public static int Value => 7; }

[StructLayout(LayoutKind.Explicit, Size = 8)]
internal readonly struct N8 : ICount { public static int Value => 8; }

[StructLayout(LayoutKind.Explicit, Size = 9)]
internal readonly struct N9 : ICount { public static int Value => 9; }

[StructLayout(LayoutKind.Explicit, Size = 10)]
internal readonly struct N10 : ICount { public static int Value => 10; }

[StructLayout(LayoutKind.Explicit, Size = 11)]
internal readonly struct N11 : ICount { public static int Value => 11; }

[StructLayout(LayoutKind.Explicit, Size = 12)]
internal readonly struct N12 : ICount { public static int Value => 12; }
