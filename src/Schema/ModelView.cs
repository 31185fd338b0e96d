namespace Graft.Schema;

internal readonly ref partial struct ModelView
{
    /// <summary>The root of a FlatBuffer that <see cref="Verifier"/> has accepted.</summary>
    public static ModelView Root(ReadOnlySpan<byte> flatBuffer) => Wrap(Table.Follow(flatBuffer, 0));
}
