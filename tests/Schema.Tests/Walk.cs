namespace Graft.Schema.Tests;

/// <summary>Verifies bytes and then reads all of them.</summary>
internal static class Walk
{
    /// <summary>
    /// Whether the verifier refuses the bytes. If it accepts them, every field is read through the views (and compared
    /// with Google's reader) and into records; anything but a <see cref="ModelFormatException"/> is a fault of ours.
    /// </summary>
    public static bool Refuses(byte[] bytes)
    {
        try
        {
            Verifier.Verify(bytes);
        }
        catch (ModelFormatException)
        {
            return true;
        }

        Assert.Empty(Differences.Between(bytes, bytes).Found);
        try
        {
            byte[] again = ModelRecord.Read(ModelView.Root(bytes)).ToBytes();
            Verifier.Verify(again);
        }
        catch (ModelFormatException e)
        {
            Assert.Matches("UTF-8|unknown tag", e.Message);
        }

        return false;
    }
}
