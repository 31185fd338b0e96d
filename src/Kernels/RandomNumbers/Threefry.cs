using System.Numerics;

namespace Graft.Kernels.RandomNumbers;

/// <summary>Threefry2x32-20 of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), whose constants these are.</summary>
internal static class Threefry
{
    private const uint Parity = 0x1BD11BDA;
    private const int Rounds = 20, RoundsPerKey = 4;

    private static ReadOnlySpan<byte> Rotations => [13, 15, 26, 6, 17, 29, 16, 24];

    public static (uint First, uint Second) Generate(uint key0, uint key1, uint counter0, uint counter1)
    {
        Span<uint> keys = [key0, key1, key0 ^ key1 ^ Parity];
        uint a = counter0 + key0, b = counter1 + key1;
        for (int round = 0; round < Rounds; round++)
        {
            a += b;
            b = BitOperations.RotateLeft(b, Rotations[round % Rotations.Length]) ^ a;
            if ((round + 1) % RoundsPerKey != 0) continue;
            int injection = (round + 1) / RoundsPerKey;
            a += keys[injection % 3];
            b += keys[(injection + 1) % 3] + (uint)injection;
        }
        return (a, b);
    }
}
