namespace Graft.Conformance.Reading;

/// <summary>A golden file contradicts itself or the conventions of golden files.</summary>
internal sealed class GoldenException(string message) : FormatException(message);
