using System.Runtime.CompilerServices;

namespace Graft.Kernels;

/// <summary>How the runtime should compile what is called rarely and runs long.</summary>
internal static class Jit
{
    /// <summary>
    /// A loop: compiled in earnest at once, and never inlined. A caller that takes in a whole kernel exhausts the compiler's budget, and the
    /// vector operations in the loop become calls.
    /// </summary>
    public const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
