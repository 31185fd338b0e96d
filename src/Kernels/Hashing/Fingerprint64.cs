using System.Buffers.Binary;
using System.Numerics;

namespace Graft.Kernels.Hashing;

/// <summary>The 64-bit fingerprint of FarmHash (its "na" variant), whose constants and mixing steps these are.</summary>
internal static class Fingerprint64
{
    private const ulong K0 = 0xC3A5C85C97CB3127, K1 = 0xB492B66FBE98F273, K2 = 0x9AE16A3B2F90404F;
    private const int BlockBytes = 64;

    public static ulong Compute(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        <= 16 => UpTo16(bytes),
        <= 32 => UpTo32(bytes),
        <= BlockBytes => UpTo64(bytes),
        _ => Blocks(bytes),
    };

    private static ulong UpTo16(ReadOnlySpan<byte> s)
    {
        int length = s.Length;
        ulong factor = K2 + (ulong)length * 2;
        if (length >= 8)
        {
            ulong a = At(s, 0) + K2, b = At(s, length - 8);
            return Join(Turn(b, 37) * factor + a, (Turn(a, 25) + b) * factor, factor);
        }
        if (length >= 4)
        {
            ulong first = BinaryPrimitives.ReadUInt32LittleEndian(s), last = BinaryPrimitives.ReadUInt32LittleEndian(s[(length - 4)..]);
            return Join((ulong)length + (first << 3), last, factor);
        }
        if (length == 0) return K2;
        uint y = s[0] + ((uint)s[length >> 1] << 8), z = (uint)length + ((uint)s[length - 1] << 2);
        return Fold(y * K2 ^ z * K0) * K2;
    }

    private static ulong UpTo32(ReadOnlySpan<byte> s)
    {
        ulong factor = K2 + (ulong)s.Length * 2;
        ulong a = At(s, 0) * K1, b = At(s, 8), c = At(s, s.Length - 8) * factor, d = At(s, s.Length - 16) * K2;
        return Join(Turn(a + b, 43) + Turn(c, 30) + d, a + Turn(b + K2, 18) + c, factor);
    }

    private static ulong UpTo64(ReadOnlySpan<byte> s)
    {
        int length = s.Length;
        ulong factor = K2 + (ulong)length * 2;
        ulong a = At(s, 0) * K2, b = At(s, 8), c = At(s, length - 8) * factor, d = At(s, length - 16) * K2;
        ulong y = Turn(a + b, 43) + Turn(c, 30) + d, z = Join(y, a + Turn(b + K2, 18) + c, factor);
        ulong e = At(s, 16) * factor, f = At(s, 24), g = (y + At(s, length - 32)) * factor, h = (z + At(s, length - 24)) * factor;
        return Join(Turn(e + f, 43) + Turn(g, 30) + h, e + Turn(f + a, 18) + g, factor);
    }

    private static ulong Blocks(ReadOnlySpan<byte> s)
    {
        ulong seed = 81, salt = 113;
        var state = new State { X = seed * K2 + At(s, 0), Y = seed * K1 + salt };
        state.Z = Fold(state.Y * K2 + salt) * K2;
        int last = (s.Length - 1) % BlockBytes, at = 0;
        for (; at + BlockBytes < s.Length; at += BlockBytes) state.Mix(s[at..], K1, 1);
        ulong factor = K1 + ((state.Z & 0xFF) << 1);
        state.W.First += (ulong)last;
        state.V.First += state.W.First;
        state.W.First += state.V.First;
        state.Mix(s[^BlockBytes..], factor, 9);
        return Join(Join(state.V.First, state.W.First, factor) + Fold(state.Y) * K0 + state.Z,
            Join(state.V.Second, state.W.Second, factor) + state.X, factor);
    }

    private struct State
    {
        public ulong X, Y, Z;
        public (ulong First, ulong Second) V, W;

        public void Mix(ReadOnlySpan<byte> s, ulong factor, ulong weight)
        {
            X = Turn(X + Y + V.First + At(s, 8), 37) * factor;
            Y = Turn(Y + V.Second + At(s, 48), 42) * factor;
            X ^= W.Second * weight;
            Y += V.First * weight + At(s, 40);
            Z = Turn(Z + W.First, 33) * factor;
            V = Half(s, V.Second * factor, X + W.First);
            W = Half(s[32..], Z + W.Second, Y + At(s, 16));
            (Z, X) = (X, Z);
        }

        private static (ulong, ulong) Half(ReadOnlySpan<byte> s, ulong a, ulong b)
        {
            ulong last = At(s, 24);
            a += At(s, 0);
            b = Turn(b + a + last, 21);
            ulong before = a;
            a += At(s, 8) + At(s, 16);
            return (a + last, b + Turn(a, 44) + before);
        }
    }

    private static ulong At(ReadOnlySpan<byte> s, int i) => BinaryPrimitives.ReadUInt64LittleEndian(s[i..]);

    private static ulong Turn(ulong value, int bits) => BitOperations.RotateRight(value, bits);

    private static ulong Fold(ulong value) => value ^ value >> 47;

    private static ulong Join(ulong u, ulong v, ulong factor)
    {
        ulong a = Fold((u ^ v) * factor);
        return Fold((v ^ a) * factor) * factor;
    }
}
