using Graft.Errors;
using Graft.Kernels.Elementwise;
using Graft.Ops.Pointwise;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>FAKE_QUANT: rounds to the levels that a quantised tensor of this range would have, and stays float.</summary>
internal sealed class FakeQuant(float min, float max, int bits) : UnaryOp, IOp<FakeQuant>
{
    public static OpSignature Signature => new(BuiltinOperator.FakeQuant, 2, "f32|f16|bf16 -> =0");

    public static FakeQuant Read(in OperatorDef def)
    {
        var options = def.Options<FakeQuantOptionsView>();
        if (options.NarrowRange) throw new UnsupportedOptionException("narrow_range is not supported (supported: the full range)");
        return new(options.Min, options.Max, options.NumBits);
    }

    public override IStep Prepare(in PrepareContext c)
    {
        c.Require(min <= max && float.IsFinite(max - min), $"range [{min}, {max}] must be finite and not reversed");
        c.Require(bits is >= 2 and <= 16, $"{bits} bits are outside [2, 16]");
        return Flat.AnyFloat(c, new FakeQuantFn(min, max, bits));
    }
}
