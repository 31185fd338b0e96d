using System.Runtime.InteropServices;

namespace Graft.Runtime;

/// <summary>What workers change while others read it: each on cache lines of its own, two apart, as they are fetched in pairs.</summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct Shared
{
    /// <summary>Counts the steps that were shared out.</summary>
    [FieldOffset(128)]
    public int Generation;

    /// <summary>See <see cref="Runtime.Gate"/>.</summary>
    [FieldOffset(256)]
    public int Gate;
}
