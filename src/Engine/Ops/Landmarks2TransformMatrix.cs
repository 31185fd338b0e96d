using Graft.Errors;
using Graft.Ops.Landmarks;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// The custom operator Landmarks2TransformMatrix: the matrix (1, 4, 4) from the pixels of a crop to those of the image. The crop is the box
/// round a subset of the landmarks, turned so that two of them lie at a given angle, and scaled.
/// </summary>
internal sealed class Landmarks2TransformMatrix(int[] subset, int left, int right, double angle, int height, int width, double scaleX, double scaleY)
    : IOp<Landmarks2TransformMatrix>
{
    private const int Size = 4;

    public static OpSignature Signature => new("Landmarks2TransformMatrix", "f32 -> f32");

    public static Landmarks2TransformMatrix Read(in OperatorDef def)
    {
        SecondVersion.Require(def);
        var map = FlexBuffer.Root(def.CustomOptions);
        var subset = new int[map["subset_idxs"].Count];
        for (int i = 0; i < subset.Length; i++) subset[i] = map["subset_idxs"][i].Int32();
        int height = map["output_height"].Int32(), width = map["output_width"].Int32();
        double scaleX = map["scale_x"].Double(), scaleY = map["scale_y"].Double();
        if (subset.Length == 0) throw new UnsupportedOptionException("subset_idxs is empty");
        if (height <= 0 || width <= 0) throw new UnsupportedOptionException($"a crop of {height}x{width} is empty");
        if (!(scaleX > 0 && scaleY > 0)) throw new UnsupportedOptionException($"scales {scaleX} and {scaleY} must be positive");
        return new(subset, map["left_rotation_idx"].Int32(), map["right_rotation_idx"].Int32(), map["target_rotation_radians"].Double(), height, width, scaleX, scaleY);
    }

    public void Infer(in InferContext c)
    {
        var landmarks = c.Shape(0);
        c.Require(landmarks.Rank == 3 && landmarks[0] == 1 && landmarks[2] >= 2, $"landmarks have shape {landmarks}; [1,n,3] is expected");
        foreach (int index in (int[])[left, right, .. subset])
        {
            c.Require(index >= 0 && index < landmarks[1], $"landmark {index} is outside [0, {landmarks[1]})");
        }
        c.SetOutput(0, 1, Size, Size);
    }

    public IStep Prepare(in PrepareContext c) => new Step(this, c);

    private void Write(ReadOnlySpan<float> points, int stride, Span<float> matrix)
    {
        double turn = angle - Math.Atan2(points[right * stride + 1] - points[left * stride + 1], points[right * stride] - points[left * stride]);
        var (sine, cosine) = Math.SinCos(turn);
        double lowX = double.PositiveInfinity, lowY = lowX, highX = double.NegativeInfinity, highY = highX;
        foreach (int index in subset)
        {
            double x = points[index * stride], y = points[index * stride + 1], turnedX = x * cosine - y * sine, turnedY = x * sine + y * cosine;
            (lowX, highX) = (Math.Min(lowX, turnedX), Math.Max(highX, turnedX));
            (lowY, highY) = (Math.Min(lowY, turnedY), Math.Max(highY, turnedY));
        }
        double middleX = (lowX + highX) / 2, middleY = (lowY + highY) / 2;
        double stepX = scaleX * (highX - lowX) / width, stepY = scaleY * (highY - lowY) / height;
        // From the crop's middle, scaled and turned back, to the box's middle, turned back.
        double xx = cosine * stepX, xy = sine * stepY, yx = -sine * stepX, yy = cosine * stepY;
        matrix.Clear();
        (matrix[0], matrix[1], matrix[3]) = ((float)xx, (float)xy, (float)(middleX * cosine + middleY * sine - (xx * width + xy * height) / 2));
        (matrix[4], matrix[5], matrix[7]) = ((float)yx, (float)yy, (float)(middleY * cosine - middleX * sine - (yx * width + yy * height) / 2));
        (matrix[10], matrix[15]) = (1, 1);
    }

    private sealed class Step(Landmarks2TransformMatrix op, in PrepareContext c) : IStep
    {
        private readonly Operand _landmarks = c.In(0), _output = c.Out(0);
        private readonly int _stride = c.Shape(0)[2];

        public void Run(in RunContext c) => op.Write(c.Read<float>(_landmarks), _stride, c.Write<float>(_output));
    }
}
