using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Graft.Runtime;

namespace Graft.Planning;

/// <summary>The scratch areas that steps asked for while they were prepared.</summary>
internal sealed class ScratchLayout
{
    /// <summary>Area of <paramref name="WorkerBytes"/> for each of <paramref name="Workers"/> workers, used by one step.</summary>
    internal readonly record struct Area(long WorkerBytes, int Workers, int Step)
    {
        public long ByteCount => WorkerBytes * Workers;
    }

    private readonly List<Area> _areas = [];

    public IReadOnlyList<Area> Areas => _areas;

    /// <summary>The step that areas added from now on belong to.</summary>
    public int Step { get; set; }

    /// <summary>The areas with their offsets in the arena.</summary>
    public ImmutableArray<(Area Area, long Offset)> Place(ReadOnlySpan<long> offsets)
    {
        var placed = new (Area, long)[_areas.Count];
        for (int i = 0; i < placed.Length; i++) placed[i] = (_areas[i], offsets[i]);
        return ImmutableCollectionsMarshal.AsImmutableArray(placed);
    }

    public Ops.Scratch Add(long byteCount, int workers)
    {
        long rounded = checked((Math.Max(byteCount, 1) + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment);
        if (rounded > int.MaxValue) StepFault.Raise($"it needs {rounded:N0} bytes of scratch memory; at most 2 GB are supported");
        _areas.Add(new(rounded, workers, Step));
        return new(_areas.Count - 1);
    }
}
