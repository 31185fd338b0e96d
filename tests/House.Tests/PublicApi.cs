using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Graft.House;

/// <summary>Writes down what users of assemblies can see, one line a member, sorted.</summary>
internal static class PublicApi
{
    private static readonly SymbolDisplayFormat s_format = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted,
        SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints | SymbolDisplayGenericsOptions.IncludeVariance,
        SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeRef
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeConstantValue,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier | SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    public static string Of(params IEnumerable<MetadataReference> assemblies)
    {
        MetadataReference[] product = [.. assemblies];
        var compilation = CSharpCompilation.Create("Api", references: [.. product, .. Snippet.Framework]);
        IEnumerable<INamedTypeSymbol> types = product.Select(r =>
            (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(r)!)
            .SelectMany(a => Types(a.GlobalNamespace));
        var text = new StringBuilder();
        foreach (INamedTypeSymbol type in types.OrderBy(t => t.ToDisplayString(s_format), StringComparer.Ordinal))
            Append(text, type);
        return text.ToString();
    }

    private static void Append(StringBuilder text, INamedTypeSymbol type)
    {
        text.Append(Kind(type)).Append(' ').Append(type.ToDisplayString(s_format));
        string[] parents = [.. Parents(type).Select(p => p.ToDisplayString(s_format))];
        if (parents.Length > 0) text.Append(" : ").AppendJoin(", ", parents);
        text.Append('\n');
        IEnumerable<string> members = type.GetMembers().Where(m => m is not INamedTypeSymbol && IsListed(m))
            .Select(m => m.ToDisplayString(s_format));
        // Enum members keep their order, which is that of their values.
        foreach (string member in type.TypeKind == TypeKind.Enum ? members : members.Order(StringComparer.Ordinal))
            text.Append("    ").Append(member).Append('\n');
    }

    private static string Kind(INamedTypeSymbol type) => string.Join(' ', new[]
    {
        type.DeclaredAccessibility == Accessibility.Public ? "public" : "protected",
        type.IsStatic ? "static" : null,
        type is { IsAbstract: true, IsStatic: false, TypeKind: TypeKind.Class } ? "abstract" : null,
        type is { IsSealed: true, IsStatic: false, TypeKind: TypeKind.Class } ? "sealed" : null,
        type.IsReadOnly ? "readonly" : null,
        type.IsRefLikeType ? "ref" : null,
        type.IsRecord ? "record" : null,
        type.TypeKind.ToString().ToLowerInvariant(),
    }.OfType<string>());

    private static IEnumerable<INamedTypeSymbol> Parents(INamedTypeSymbol type)
    {
        bool hasClass = type is { TypeKind: TypeKind.Class, BaseType: { SpecialType: not SpecialType.System_Object } };
        IEnumerable<INamedTypeSymbol> interfaces = type.TypeKind == TypeKind.Enum ? []
            : type.Interfaces.Where(i => i.DeclaredAccessibility == Accessibility.Public);
        return (hasClass ? [type.BaseType!] : Array.Empty<INamedTypeSymbol>())
            .Concat(interfaces.OrderBy(i => i.Name, StringComparer.Ordinal));
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol within) =>
        within.GetMembers().SelectMany(member => member switch
    {
        INamespaceSymbol space => Types(space),
        INamedTypeSymbol type when IsVisible(type) => Types(type).Prepend(type),
        _ => [],
    });

    private static bool IsListed(ISymbol member) => IsVisible(member)
        && member is not IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove }
        && !member.GetAttributes().Any(a => a.AttributeClass?.Name == "CompilerGeneratedAttribute")
        && !(member.ContainingType.IsValueType && member is IMethodSymbol { Parameters.IsEmpty: true,
            MethodKind: MethodKind.Constructor });

    private static bool IsVisible(ISymbol symbol) => symbol.DeclaredAccessibility == Accessibility.Public
        || (symbol.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedOrInternal
            && symbol.ContainingType is { IsSealed: false });
}
