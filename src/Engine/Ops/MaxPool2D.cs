using Graft.Kernels.Pool;
using Graft.Kernels.Reference;
using Graft.Ops.Pooling;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>MAX_POOL_2D: the largest of the window's elements that lie in the image.</summary>
internal sealed class MaxPool2D(Pool2D pool) : IOp<MaxPool2D>
{
    public static OpSignature Signature => new(BuiltinOperator.MaxPool2D, 3, "f32|f16|i8|u8|i16 -> =0");

    public static MaxPool2D Read(in OperatorDef def) => new(Pool2D.Read(def));

    public void Infer(in InferContext c) => pool.Infer(c);

    public IStep Prepare(in PrepareContext c) => c.Type(0) switch
    {
        DType.Float32 => pool.Float<MaxPool<float>, NaivePool<NaiveMax<float>, float, float>, float>(c),
        DType.Float16 => pool.Float<NaivePool<NaiveMax<Half>, Half, Half>, NaivePool<NaiveMax<Half>, Half, Half>, Half>(c),
        DType.Int8 => Quantized<sbyte>(c),
        DType.Int16 => Quantized<short>(c),
        _ => Quantized<byte>(c),
    };

    private IStep Quantized<T>(in PrepareContext c) where T : unmanaged, System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T> =>
        pool.Quantized<MaxPool<T>, NaivePool<NaiveMax<T>, T, T>, T>(c);
}
