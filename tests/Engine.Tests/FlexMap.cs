using System.Buffers.Binary;
using System.Text;

namespace Graft.Tests;

/// <summary>Writes a FlexBuffer map of integers, floats, texts and vectors of integers: options of a custom operator.</summary>
internal static class FlexMap
{
    private const int Width = 4;
    private const byte Int = 1, Float = 3, Text = 5, Map = 9, Integers = 11, WidthCode = 2;

    public static byte[] Of(params (string Key, object Value)[] entries)
    {
        var bytes = new List<byte>();
        var sorted = entries.OrderBy(e => e.Key, StringComparer.Ordinal).ToArray();
        int[] keys = [.. sorted.Select(e => Append(bytes, [.. Encoding.UTF8.GetBytes(e.Key), 0]))];
        int[] places = [.. sorted.Select(e => Data(bytes, e.Value))];
        Align(bytes);
        Number(bytes, keys.Length);
        int keysAt = bytes.Count;
        foreach (int key in keys) Number(bytes, bytes.Count - key);
        Number(bytes, bytes.Count - keysAt);
        Number(bytes, Width);
        Number(bytes, sorted.Length);
        int mapAt = bytes.Count;
        for (int i = 0; i < sorted.Length; i++) Number(bytes, places[i] < 0 ? Inline(sorted[i].Value) : bytes.Count - places[i]);
        foreach (var (_, value) in sorted) bytes.Add((byte)(Type(value) << 2 | WidthCode));
        Align(bytes);
        Number(bytes, bytes.Count - mapAt);
        return [.. bytes, Map << 2 | WidthCode, Width];
    }

    private static byte Type(object value) => value switch
    {
        int => Int,
        float => Float,
        string => Text,
        int[] => Integers,
        _ => throw new ArgumentException($"{value.GetType()} has no place in a map"),
    };

    private static int Inline(object value) => value is float real ? BitConverter.SingleToInt32Bits(real) : (int)value;

    /// <summary>Where the data of a value lies that is not written in place; -1 for one that is.</summary>
    private static int Data(List<byte> bytes, object value)
    {
        if (value is not string and not int[]) return -1;
        Align(bytes);
        Number(bytes, value is string text ? Encoding.UTF8.GetByteCount(text) : ((int[])value).Length);
        int at = bytes.Count;
        if (value is string characters) Append(bytes, [.. Encoding.UTF8.GetBytes(characters), 0]);
        else
        {
            foreach (int number in (int[])value) Number(bytes, number);
        }
        return at;
    }

    private static int Append(List<byte> bytes, byte[] more)
    {
        int at = bytes.Count;
        bytes.AddRange(more);
        return at;
    }

    private static void Number(List<byte> bytes, int value)
    {
        var four = new byte[Width];
        BinaryPrimitives.WriteInt32LittleEndian(four, value);
        bytes.AddRange(four);
    }

    private static void Align(List<byte> bytes)
    {
        while (bytes.Count % Width != 0) bytes.Add(0);
    }
}
