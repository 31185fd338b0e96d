namespace Graft.Kernels.RandomNumbers;

/// <summary>A stream of Philox blocks: the key is the first seed, the 128-bit counter starts at the second seed times 2^64.</summary>
internal sealed class PhiloxStream
{
    private readonly uint _key0, _key1;
    private UInt128 _counter;

    public PhiloxStream(ulong seed, ulong seed2)
    {
        (_key0, _key1) = ((uint)seed, (uint)(seed >> 32));
        _counter = new UInt128(seed2, 0);
    }

    public Philox.Block Next()
    {
        Philox.Block counter = default;
        for (int i = 0; i < 4; i++) counter[i] = (uint)(_counter >> (32 * i));
        _counter++;
        return Philox.Generate(_key0, _key1, counter);
    }

    /// <summary>The number of the next block; wraps.</summary>
    public UInt128 Position
    {
        get => _counter;
        set => _counter = value;
    }
}
