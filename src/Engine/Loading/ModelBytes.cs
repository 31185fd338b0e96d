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
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return Open(stream, path, copy);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static ModelBytes Open(FileStream stream, string path, bool copy)
    {
        long length = stream.Length;
        if (length == 0) throw new ModelFormatException("file", 0, $"'{path}' is empty");
        if (!copy)
        {
            // The mapping is of the stream whose length was asked for: another file under the same name by now does not matter.
            return new(MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false), length);
        }

        var buffer = new NativeBuffer(length);
        for (long at = 0; at < length;)
        {
            // In bounds: at < length = buffer.ByteCount.
            int read = stream.Read(new Span<byte>((byte*)buffer.Address + at, (int)Math.Min(length - at, 1 << 30)));
            if (read == 0) throw new EndOfStreamException($"'{path}' became shorter while it was read");
            at += read;
        }
        stream.Dispose();
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

    /// <summary>False when the last lease has been released: the bytes are gone.</summary>
    public bool TryLease()
    {
        while (true)
        {
            int leases = Volatile.Read(ref _leases);
            if (leases == 0) return false;
            if (Interlocked.CompareExchange(ref _leases, leases + 1, leases) == leases) return true;
        }
    }

    /// <summary>True when this was the last lease, and the bytes are freed.</summary>
    public bool Release()
    {
        if (Interlocked.Decrement(ref _leases) != 0) return false;
        _copy?.Dispose();
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
        return true;
    }
}
