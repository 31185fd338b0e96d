namespace Graft.Tests.Ops;

/// <summary>MediaPipe's operators on landmarks, against their definitions.</summary>
public sealed class LandmarkTests
{
    private const string Matrix = "Landmarks2TransformMatrix", Crop = "TransformTensorBilinear", Points = "TransformLandmarks";

    [Fact]
    public void The_crop_of_upright_landmarks_is_their_box()
    {
        // Landmarks 0 and 1 are level; the box of 0 to 3 is 8 x 4 round (6, 5).
        float[] landmarks = [2, 5, 9, 10, 5, 9, 6, 3, 9, 6, 7, 9, 100, 100, 9];
        float[] expected = [2, 0, 0, 2, 0, 1, 0, 3, 0, 0, 1, 0, 0, 0, 0, 1];
        Twin.GivesNearly(MatrixModel(2, 0), expected, 1e-6f, landmarks);
    }

    [Fact]
    public void Turned_landmarks_turn_the_crop()
    {
        // As above, turned by 90 degrees: (x, y) -> (-y, x).
        float[] landmarks = [-5, 2, 9, -5, 10, 9, -3, 6, 9, -7, 6, 9, 100, 100, 9];
        float[] expected = [0, -1, 0, -3, 2, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 1];
        Twin.GivesNearly(MatrixModel(2, 0), expected, 1e-6f, landmarks);
    }

    [Fact]
    public void Only_the_second_version_is_read()
    {
        var model = MatrixModel(2, 0);
        model.Record.OperatorCodes![0].Version = 1;
        Assert.Contains("version 1 is not supported", Twin.Refusal(model));
        Assert.Contains("landmark 7 is outside [0, 5)", Twin.Refusal(MatrixModel(2, 7)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Points_are_moved_by_the_matrix(int dimensions)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 2, dimensions), m = b.Input("m", DType.Float32, 1, 4, 4), y = b.Tensor("y", DType.Float32, 1, 2, dimensions);
        Versioned(b.Custom(Points, [x, m], [y]).Output(y), 2);
        float[] matrix = [2, 3, 50, 7, -1, 4, 50, 8, 0, 0, 1, 0, 0, 0, 0, 1];
        float[] points = dimensions == 2 ? [1, 2, -3, 5] : [1, 2, 9, -3, 5, 8];
        float[] expected = dimensions == 2 ? [15, 15, 16, 31] : [15, 15, 9, 16, 31, 8];
        Twin.Gives(b, expected, points, matrix);
    }

    [Fact]
    public void A_crop_by_the_identity_is_the_corner_of_the_image()
    {
        float[] image = Twin.Floats(4 * 5 * 3);
        var expected = from y in Enumerable.Range(0, 2) from x in Enumerable.Range(0, 3) from c in Enumerable.Range(0, 3) select image[(y * 5 + x) * 3 + c];
        Twin.Gives(CropModel(2, 3), [.. expected], image, new float[] { 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1 });
    }

    [Fact]
    public void Pixels_between_pixels_are_mixed_and_those_outside_are_zero()
    {
        // The centre of crop pixel (x, y) is 1.5 (x, y) + 0.25 in the image, and beyond it in the last column.
        float[] image = Twin.Floats(4 * 5 * 3), matrix = [1.5f, 0, 0, 0, 0, 1.5f, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        var expected = from y in Enumerable.Range(0, 2) from x in Enumerable.Range(0, 4) from c in Enumerable.Range(0, 3) select Mixed(image, 1.5 * x + 0.25, 1.5 * y + 0.25, c);
        Twin.GivesNearly(CropModel(2, 4), [.. expected], 1e-6f, image, matrix);
    }

    [Fact]
    public void A_resampled_image_fades_into_zero()
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 4, 5, 3), p = b.Input("p", DType.Float32, 1, 1, 4, 2), y = b.Tensor("y", DType.Float32, 1, 1, 4, 3);
        b.Custom("Resampler", [x, p], [y]).Output(y);
        float[] image = Twin.Floats(60), points = [1.25f, 2.5f, 4.5f, 1, -1, 0, float.NaN, 0];
        float[] expected = [.. Enumerable.Range(0, 3).Select(c => Mixed(image, 1.25, 2.5, c)), .. Enumerable.Range(0, 3).Select(c => image[(5 + 4) * 3 + c] / 2), 0, 0, 0, 0, 0, 0];
        Twin.GivesNearly(b, expected, 1e-6f, image, points);
    }

    private static float Mixed(float[] image, double x, double y, int channel)
    {
        if (x > 4 || y > 3) return 0;
        int left = (int)x, top = (int)y, right = Math.Min(left + 1, 4), bottom = Math.Min(top + 1, 3);
        double upper = image[(top * 5 + left) * 3 + channel] * (1 - (x - left)) + image[(top * 5 + right) * 3 + channel] * (x - left);
        double lower = image[(bottom * 5 + left) * 3 + channel] * (1 - (x - left)) + image[(bottom * 5 + right) * 3 + channel] * (x - left);
        return (float)(upper * (1 - (y - top)) + lower * (y - top));
    }

    private static ModelBuilder MatrixModel(int height, int left)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 5, 3), y = b.Tensor("y", DType.Float32, 1, 4, 4);
        byte[] options = FlexMap.Of(("subset_idxs", new[] { 0, 1, 2, 3 }), ("left_rotation_idx", left), ("right_rotation_idx", 1), ("target_rotation_radians", 0f),
            ("output_height", height * 2), ("output_width", 4), ("scale_x", 1f), ("scale_y", 1f));
        return Versioned(b.Custom(Matrix, [x], [y], options).Output(y), 2);
    }

    private static ModelBuilder CropModel(int height, int width)
    {
        var b = new ModelBuilder();
        int x = b.Input("x", DType.Float32, 1, 4, 5, 3), m = b.Input("m", DType.Float32, 1, 4, 4), y = b.Tensor("y", DType.Float32, 1, height, width, 3);
        return Versioned(b.Custom(Crop, [x, m], [y], FlexMap.Of(("output_height", height), ("output_width", width))).Output(y), 2);
    }

    private static ModelBuilder Versioned(ModelBuilder builder, int version)
    {
        builder.Record.OperatorCodes![0].Version = version;
        return builder;
    }
}
