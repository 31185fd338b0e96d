namespace Graft.Errors;

/// <summary>Raised while an operator's options are read, for a valid option that is not done here; the loader collects these.</summary>
internal sealed class UnsupportedOptionException(string problem) : Exception(problem);
