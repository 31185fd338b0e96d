using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Graft.House.Rules;

/// <summary>Kernels are generic over the vector; what a CPU can do is stated in one folder.</summary>
internal sealed class Intrinsics : IRule
{
    private const string Allowed = "src/Kernels/Simd/";

    private static readonly string[] s_families = ["X86", "Arm", "Wasm"];

    public string Statement => $"Instructions of one CPU family are used below {Allowed} only.";

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.IsCSharp && !file.Path.StartsWith(Allowed, StringComparison.Ordinal)
        from name in file.Root.DescendantNodes().OfType<NameSyntax>()
        where name is QualifiedNameSyntax q && IsFamily(q.Left.ToString(), q.Right.ToString())
        select file.At(name, $"{name}: make it a capability struct in {Allowed} and use it as a type argument");

    public IEnumerable<SourceFile[]> Broken =>
    [
        [new("src/Kernels/Gemm/Fast.cs", "using System.Runtime.Intrinsics.X86;\nclass Fast { }")],
        [new("src/Kernels/Gemm/Fast.cs", "using static System.Runtime.Intrinsics.X86.Avx2;\nclass Fast { }")],
        [new("src/Engine/Ops/Add.cs", "using Neon = System.Runtime.Intrinsics.Arm.AdvSimd;\nclass Add { }")],
        [new("tests/A.cs", "class A { System.Runtime.Intrinsics.X86.Sse a; }")],
    ];

    public IEnumerable<SourceFile[]> Kept =>
    [
        [new("src/Kernels/Simd/V256.cs", "using System.Runtime.Intrinsics.X86;\nclass A { }")],
        [new("src/Kernels/Gemm/Fast.cs",
            "// System.Runtime.Intrinsics.X86 is not for here\nusing System.Runtime.Intrinsics;\nclass A { }")],
    ];

    private static bool IsFamily(string left, string right) =>
        left.EndsWith("Runtime.Intrinsics", StringComparison.Ordinal) && s_families.Contains(right);
}
