using System.IO.MemoryMappedFiles;
using Graft.Runtime;

namespace Graft.Loading;

/// <summary>
/// The bytes of a model at a fixed address: a read-only mapping of the file, or a copy. Kept alive by leases, so that disposing a
/// model while interpreters still use it frees nothing under them.
/// </summary>
internal sealed unsafe class ModelBytes
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly NativeBuffer? _copy;
    private int _leases = 1;

    private ModelBytes(MemoryMappedFile file, long length)
    {
        _file = file;
        _view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Address = (nint)(start + _view.PointerOffset);
        Length = length;
    }

    private ModelBytes(NativeBuffer copy)
    {
        _copy = copy;
        Address = copy.Address;
        Length = copy.ByteCount;
    }

    public nint Address { get; }

    public long Length { get; }

    /// <summary>Maps the file, or reads it into memory when <paramref name="copy"/> is set.</summary>
    public static ModelBytes Open(string path, bool copy)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        long length = stream.Length;
        if (length == 0) throw new ModelFormatException("file", 0, $"'{path}' is empty");
        if (!copy) return new(MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read), length);

        var buffer = new NativeBuffer(length);
        for (long at = 0; at < length;)
        {
            // In bounds: at < length = buffer.ByteCount.
            int read = stream.Read(new Span<byte>((byte*)buffer.Address + at, (int)Math.Min(length - at, 1 << 30)));
            if (read == 0) throw new EndOfStreamException($"'{path}' became shorter while it was read");
            at += read;
        }
        return new(buffer);
    }

    public static ModelBytes Copy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) throw new ModelFormatException("file", 0, "the model is empty");
        var buffer = new NativeBuffer(bytes.Length);
        bytes.CopyTo(new Span<byte>((void*)buffer.Address, bytes.Length));
        return new(buffer);
    }

    /// <summary>The FlatBuffer part: all of a small file, the first 2 GB of a larger one.</summary>
    public ReadOnlySpan<byte> FlatBuffer => new((void*)Address, (int)Math.Min(Length, int.MaxValue));

    public void Lease() => Interlocked.Increment(ref _leases);

    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) != 0) return;
        _copy?.Dispose();
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
    }
}
