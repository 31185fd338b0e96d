using Graft.Schema;

namespace Graft.Properties.Plans;

/// <summary>Operators on single elements.</summary>
internal static class Pointwise
{
    public static void Unary(Sketch s) => Unary(s, Domain.Anything);

    public static void Unary(Sketch s, Domain domain)
    {
        s.Data(s.Draw.Shape(least: 0), domain, s.Free(s.Type(0)));
        s.Result(s.Free(s.Types.Outputs[0]));
    }

    /// <summary>Integers stand for numbers that are not negative.</summary>
    public static void UnaryRoot(Sketch s)
    {
        var (low, high) = s.Type(0) == DType.Int8 ? (-128, 127) : (0, 32767);
        Quant? quant = Quants.Takes(s.Type(0)) ? s.Free(s.Type(0))! with { ZeroPoint = low } : null;
        s.Data(s.Draw.Shape(least: 0), quant is null ? Domain.Anything : Domain.Whole(low, high), quant, bounded: quant is not null);
        s.Result(s.Free(s.Types.Outputs[0]));
    }

    /// <summary>The output has the quantisation of the input, or neither has one.</summary>
    public static void UnarySame(Sketch s)
    {
        var quant = s.Shared(s.Type(0));
        s.Data(s.Draw.Shape(least: 0), Domain.Anything, quant);
        s.Result(quant);
    }

    /// <summary>The output's scale is 2^-power, its zero point that for int8.</summary>
    public static Action<Sketch> UnaryInto(int power, int zeroPoint) => s =>
    {
        s.Data(s.Draw.Shape(least: 0), Domain.Anything, s.Free(s.Type(0)));
        s.Result(Quants.Fixed(s.Types.Outputs[0], power, zeroPoint));
    };

    public static Action<Sketch> UnaryWith(Func<Draw, IBuiltinOptionsRecord> options, Action<Sketch>? plan = null) => s =>
    {
        s.Options = options(s.Draw);
        (plan ?? Unary)(s);
    };

    public static void Binary(Sketch s) => Binary(s, Domain.Anything, bounded: false);

    /// <summary>Two operands that broadcast, each quantised its own way.</summary>
    public static void Binary(Sketch s, Domain second, bool bounded)
    {
        int[] shape = s.Draw.Shape(least: 0);
        s.Data(s.Draw.Narrowed(shape), Domain.Anything, s.Free(s.Type(0)));
        s.Data(s.Draw.Narrowed(shape), second, s.Free(s.Type(1)), bounded);
        s.Result(s.Free(s.Types.Outputs[0]));
    }

    /// <summary>No division by zero, and none that overflows.</summary>
    public static void Division(Sketch s) => Binary(s, s.Type(1).IsFloat() ? Domain.Anything : Domain.Whole(1, 90), bounded: true);

    public static Action<Sketch> Activated(Func<ActivationFunctionType, IBuiltinOptionsRecord> options, Action<Sketch>? plan = null) => s =>
    {
        s.Options = options(Activation(s.Draw));
        (plan ?? Binary)(s);
    };

    public static ActivationFunctionType Activation(Draw draw) =>
        draw.Of(ActivationFunctionType.None, ActivationFunctionType.None, ActivationFunctionType.Relu, ActivationFunctionType.Relu6, ActivationFunctionType.ReluN1To1);

    /// <summary>Two operands of one shape or that broadcast, with one quantisation for all.</summary>
    public static void BinarySame(Sketch s)
    {
        int[] shape = s.Draw.Shape(least: 0);
        var quant = s.Free(s.Type(0));
        s.Data(s.Draw.Narrowed(shape), Domain.Anything, quant);
        s.Data(s.Draw.Narrowed(shape), Domain.Anything, quant);
        s.Result(s.Types.Outputs[0] == s.Type(0) ? quant : null);
    }

    /// <summary>Operands of one shape, without quantisation.</summary>
    public static Action<Sketch> Alike(Domain first, Domain second) => s =>
    {
        int[] shape = s.Draw.Shape(least: 0);
        s.Data(shape, first, null, bounded: true);
        s.Data(shape, second, null, bounded: true);
        s.Result();
    };

    /// <summary>As many operands of one shape as were drawn.</summary>
    public static void Many(Sketch s)
    {
        int[] shape = s.Draw.Shape(least: 0);
        var domain = Domain.Summed(s.Draw);
        for (int i = 0; i < s.Types.Inputs.Count; i++) s.Data(shape, domain);
        s.Result();
    }

    /// <summary>Shifts stay within the width of an element.</summary>
    public static void Shift(Sketch s)
    {
        int[] shape = s.Draw.Shape(least: 0);
        s.Data(s.Draw.Narrowed(shape), Domain.Anything);
        s.Data(s.Draw.Narrowed(shape), Domain.Whole(0, s.Type(1).Bits() - 1), null, bounded: true);
        s.Result();
    }

    public static void Power(Sketch s)
    {
        int[] shape = s.Draw.Shape(least: 0);
        bool whole = s.Type(0) == DType.Int32;
        s.Data(s.Draw.Narrowed(shape), whole ? Domain.Whole(-9, 9) : Domain.Anything, null, bounded: true);
        s.Data(s.Draw.Narrowed(shape), whole ? Domain.Whole(0, 9) : Domain.Real, null, bounded: true);
        s.Result();
    }

    /// <summary>A slope for each element of the last axes.</summary>
    public static void Prelu(Sketch s)
    {
        int[] shape = s.Draw.Shape(1, 4);
        int[] slope = [.. shape.Skip(shape.Length > 1 ? 1 : 0)];
        for (int i = 0; i < slope.Length - 1; i++) slope[i] = s.Draw.Bool() ? 1 : slope[i];
        s.Data(shape, Domain.Anything, s.Free(s.Type(0)));
        s.Constant(slope, Domain.Real, s.Free(s.Type(1)));
        s.Result(s.Free(s.Types.Outputs[0]));
    }

    /// <summary>A condition and two choices of one shape; the condition may choose whole rows.</summary>
    public static void Select(Sketch s)
    {
        int[] shape = s.Draw.Shape(least: 0);
        var quant = s.Shared(s.Type(1));
        s.Data(shape.Length > 1 && s.Draw.Once(4) ? shape[..1] : shape, Domain.Whole(0, 1), null, bounded: true);
        s.Data(shape, Domain.Anything, quant);
        s.Data(shape, Domain.Anything, quant);
        s.Result(quant);
    }

    /// <summary>All three broadcast.</summary>
    public static void SelectBroadcast(Sketch s)
    {
        int[] shape = s.Draw.Shape(least: 0);
        var quant = s.Shared(s.Type(1));
        s.Data(s.Draw.Narrowed(shape), Domain.Whole(0, 1), null, bounded: true);
        s.Data(s.Draw.Narrowed(shape), Domain.Anything, quant);
        s.Data(s.Draw.Narrowed(shape), Domain.Anything, quant);
        s.Result(quant);
    }

    public static void Cast(Sketch s)
    {
        s.Options = new CastOptionsRecord { InDataType = (TensorType)s.Type(0), OutDataType = (TensorType)s.Types.Outputs[0] };
        bool unsigned = s.Types.Outputs[0] is DType.UInt8 or DType.UInt16 or DType.UInt32 or DType.UInt64;
        s.Data(s.Draw.Shape(least: 0), new(unsigned ? 0 : -100, 100), null, bounded: s.Type(0) is not (DType.Int8 or DType.UInt8));
        s.Result();
    }

    public static void Quantize(Sketch s)
    {
        var data = s.Type(0) == DType.Int32 ? new Quant(0.25f, 0) : s.Free(s.Type(0));
        var result = s.Types.Outputs[0] switch
        {
            DType.Int32 => new Quant(1 / 64f, 0),
            DType.Int4 or DType.UInt4 => new Quant(0.5f, 0),
            var type => s.Free(type),
        };
        s.Data(s.Draw.Shape(least: 0), Domain.Real, data);
        s.Result(result);
    }

    public static void Dequantize(Sketch s)
    {
        bool narrow = s.Type(0).IsPacked();
        int[] shape = s.Draw.Shape(narrow ? 1 : 0);
        s.Data(shape, Domain.Anything, narrow ? new(0.25f, 0) : s.Free(s.Type(0)));
        s.Result();
    }
}
