using System.Runtime.CompilerServices;

namespace Graft.Kernels.RandomNumbers;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), whose constants
/// these are.
/// </summary>
internal static class Philox
{
    private const uint MultiplierA = 0xD2511F53, MultiplierB = 0xCD9E8D57, WeylA = 0x9E3779B9, WeylB = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Four values of a generator.</summary>
    [InlineArray(4)]
    internal struct Block
    {
        private uint _first;
    }

    public static Block Generate(uint key0, uint key1, Block counter)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong a = (ulong)MultiplierA * counter[0], b = (ulong)MultiplierB * counter[2];
            Block next = default;
            next[0] = (uint)(b >> 32) ^ counter[1] ^ key0;
            next[1] = (uint)b;
            next[2] = (uint)(a >> 32) ^ counter[3] ^ key1;
            next[3] = (uint)a;
            counter = next;
            key0 += WeylA;
            key1 += WeylB;
        }
        return counter;
    }
}
