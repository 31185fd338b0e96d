namespace Graft.Ops.Resizing;

/// <summary>The output shape of an image resize: input 1 holds height and width.</summary>
internal static class ResizeShape
{
    public static void Infer(in InferContext c)
    {
        var input = c.Shape(0);
        c.Require(input.Rank == 4, $"input {input} must have 4 dimensions: batch, height, width, channels");
        c.Require(c.Shape(1).Rank == 1 && c.Shape(1)[0] == 2, $"the size has shape {c.Shape(1)}; 2 values, height and width, are expected");
        if (!c.TryIntegers(1, out var size)) return;
        c.Require(size[0] > 0 && size[1] > 0, $"size [{size[0]},{size[1]}] must be positive");
        c.Require(input[1] > 0 && input[2] > 0, $"input {input} has no pixels");
        c.SetOutput(0, input[0], size[0], size[1], input[3]);
    }
}
