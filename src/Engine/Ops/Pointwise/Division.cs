using System.Numerics;
using Graft.Kernels.Elementwise;
using Graft.Kernels.Quant;

namespace Graft.Ops.Pointwise;

/// <summary>
/// Steps of whole quotients and of what they leave; a zero divisor is an error. Integers of 64 bits, which no float lanes hold, are divided
/// one by one, as all are for the reference kernels.
/// </summary>
internal static class Division
{
    public static IStep Quotient<TWhole, TPlain, T>(in PrepareContext c)
        where TWhole : struct, IWholeQuotient
        where TPlain : struct, IScalarFn<T, T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => Of<NarrowQuotient<TWhole, T>, WordQuotient<TWhole, T>, TPlain, T>(c);

    public static IStep Remainder<TWhole, TPlain, T>(in PrepareContext c)
        where TWhole : struct, IWholeQuotient
        where TPlain : struct, IScalarFn<T, T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => Of<NarrowRemainder<TWhole>, WordRemainder<TWhole, T>, TPlain, T>(c);

    private static IStep Of<TNarrow, TWord, TPlain, T>(in PrepareContext c)
        where TNarrow : struct, IWideBinaryFn
        where TWord : struct, IBinaryFn<T>
        where TPlain : struct, IScalarFn<T, T>
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        NonZero.Then(c, T.Zero, c.Kernels == KernelSet.Reference ? Broadcast.Scalar<TPlain, T, T>(c, default) : default(T).GetByteCount() switch
        {
            < sizeof(int) => Broadcast.Wide<TNarrow, T, T>(c, default),
            sizeof(int) => Broadcast.Zip<TWord, T>(c),
            _ => Broadcast.Scalar<TPlain, T, T>(c, default),
        });
}
