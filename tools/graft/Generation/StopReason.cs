namespace Graft.Cli.Generation;

/// <summary>Why a sequence ended.</summary>
internal enum StopReason
{
    /// <summary>As many bytes were generated as were asked for.</summary>
    Count,

    /// <summary>The model ended the document: byte 0.</summary>
    Separator,

    /// <summary>The caches are full.</summary>
    Context,
}
