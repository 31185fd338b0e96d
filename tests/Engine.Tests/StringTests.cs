using System.Buffers.Binary;

namespace Graft.Tests;

public sealed class StringTests
{
    [Fact]
    public void Strings_go_in_and_come_out()
    {
        using var model = Copy().Load();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].SetStrings("", "grün", "z\0z");
        interpreter.Invoke();
        Assert.Equal(["", "grün", "z\0z"], interpreter.Outputs[0].Strings());
        Assert.Equal(new Shape(1, 3), interpreter.Outputs[0].Shape);
        interpreter.Inputs[0].SetStrings([new('x', 100_000), "b", "c"]);
        interpreter.Invoke();
        Assert.Equal(100_000, interpreter.Outputs[0].Strings()[0].Length);
        interpreter.Inputs[0].SetStrings("1", "2", "3");
        interpreter.Invoke();
        Assert.Equal(["1", "2", "3"], interpreter.Outputs[0].Strings());
    }

    [Fact]
    public void Strings_that_nobody_set_are_empty()
    {
        using var model = Copy().Load();
        using var interpreter = new Interpreter(model);
        interpreter.Invoke();
        Assert.Equal(["", "", ""], interpreter.Outputs[0].Strings());
    }

    [Fact]
    public void Their_number_must_fit_the_shape()
    {
        using var model = Copy().Load();
        using var interpreter = new Interpreter(model);
        Assert.Throws<ArgumentException>(() => interpreter.Inputs[0].SetStrings("a"));
        Assert.Throws<ArgumentException>(() => interpreter.Outputs[0].SetStrings("a", "b", "c"));
        interpreter.ResizeInputTensor(0, [1]);
        interpreter.Inputs[0].SetStrings("a");
        Assert.Throws<ArgumentException>(() => interpreter.ResizeInputTensor(0, [int.MaxValue]));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0, -1)]
    [InlineData(0, int.MaxValue)]
    [InlineData(4, 0)]
    [InlineData(8, 1 << 30)]
    [InlineData(12, -5)]
    [InlineData(16, 19)]
    public void A_malformed_buffer_is_refused(int at, int value)
    {
        using var model = Copy().Load();
        using var interpreter = new Interpreter(model);
        interpreter.Inputs[0].SetStrings("ab", "c", "d");
        byte[] buffer = interpreter.Inputs[0].Bytes.ToArray();
        interpreter.Inputs[0].SetStringBuffer(buffer);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(at), value);
        Assert.Throws<ArgumentException>(() => interpreter.Inputs[0].SetStringBuffer(buffer));
        Assert.Equal(["ab", "c", "d"], interpreter.Inputs[0].Strings());
    }

    private static ModelBuilder Copy()
    {
        var b = new ModelBuilder();
        return b.Output(b.Reshape(b.Input("x", DType.String, 3), "y", 1, -1));
    }
}
