using System.IO.MemoryMappedFiles;

namespace Graft.Kernels.MachineCode;

/// <summary>
/// Memory with machine code, written through one mapping and run through another, so that no page can be written and run. It is never given back.
/// </summary>
internal static class CodeMemory
{
    /// <summary>A host that sets this switch to false has no machine code written; results stay the same.</summary>
    public const string Switch = "Graft.MachineCode";

    /// <summary>Makes code runnable: where it begins, or 0 where the host or the system does not allow that.</summary>
    public static unsafe nint Place(ReadOnlySpan<byte> code)
    {
        if (AppContext.TryGetSwitch(Switch, out bool allowed) && !allowed) return 0;
        try
        {
            using var file = MemoryMappedFile.CreateNew(null, code.Length, MemoryMappedFileAccess.ReadWriteExecute);
            using (var writable = file.CreateViewAccessor(0, code.Length, MemoryMappedFileAccess.ReadWrite)) writable.WriteArray(0, code.ToArray(), 0, code.Length);
            var runnable = file.CreateViewAccessor(0, code.Length, MemoryMappedFileAccess.ReadExecute);
            // In bounds: nothing is read here. The reference that this takes is kept, and with it the mapping.
            byte* begin = null;
            runnable.SafeMemoryMappedViewHandle.AcquirePointer(ref begin);
            return (nint)begin;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or PlatformNotSupportedException)
        {
            return 0;
        }
    }
}
