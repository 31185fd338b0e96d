namespace Graft.Schema; internal static class Verifier { public static void Verify(ReadOnlySpan<byte> b) { } }
