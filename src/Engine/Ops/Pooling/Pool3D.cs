using Graft.Errors;
using Graft.Kernels.Conv;
using Graft.Ops.Moves;
using Graft.Schema;

namespace Graft.Ops.Pooling;

/// <summary>Attributes and shapes of the custom 3-D poolings: input (batch, depth, height, width, channels), options in a FlexBuffer.</summary>
internal sealed class Pool3D(bool same, int[] filter, int[] strides)
{
    private const int Rank = 5;

    public static Pool3D Read(in OperatorDef def)
    {
        var map = FlexBuffer.Root(def.CustomOptions);
        var format = map["data_format"];
        if (!format.IsNull && !format.Utf8().SequenceEqual("NDHWC"u8)) throw new UnsupportedOptionException("the data format must be NDHWC");
        bool isSame = map["padding"].Utf8().SequenceEqual("SAME"u8);
        if (!isSame && !map["padding"].Utf8().SequenceEqual("VALID"u8)) throw new UnsupportedOptionException("the padding must be SAME or VALID");
        return new(isSame, Sizes(map["ksize"], "ksize"), Sizes(map["strides"], "strides"));
    }

    public void Infer(in InferContext c)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == Rank, $"input {input} must have {Rank} dimensions: batch, depth, height, width, channels");
        SameQuantization.Require(c, 0, 0);
        c.SetOutput(0, input[0], Window(1).Output(c, input[1], filter[1]), Window(2).Output(c, input[2], filter[2]),
            Window(3).Output(c, input[3], filter[3]), input[4]);
    }

    public VolumeGeometry Geometry(in PrepareContext c)
    {
        Shape input = c.Shape(0), output = c.OutputShape(0);
        return new()
        {
            Batch = input[0],
            InputChannels = input[4],
            OutputChannels = input[4],
            Depth = Window(1).Axis(input[1], output[1], filter[1]),
            Height = Window(2).Axis(input[2], output[2], filter[2]),
            Width = Window(3).Axis(input[3], output[3], filter[3]),
        };
    }

    private Conv3D.Window Window(int axis) => new(same, strides[axis], 1);

    private static int[] Sizes(FlexBuffer list, string name)
    {
        if (list.Count != Rank) throw new UnsupportedOptionException($"{name} has {list.Count} values; {Rank} are expected");
        var sizes = new int[Rank];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = list[i].Int32();
        if (sizes[0] != 1 || sizes[^1] != 1) throw new UnsupportedOptionException($"{name} [{string.Join(",", sizes)}] must be 1 for batch and channels");
        return sizes;
    }
}
