using Graft.Adapters.Peft;

namespace Graft.Adapters.Gguf;

/// <summary>
/// The order of rows in a head of queries or keys. transformers rotates channel i with channel i + n / 2 of a head of n, llama.cpp channel 2 i with
/// 2 i + 1, so its converter (conversion/llama.py, permute) stores row j n / 2 + i of a head, j = 0 or 1, as row 2 i + j. Of LoRA that is the rows of B.
/// </summary>
internal static class HeadRows
{
    /// <summary>The factor B (out, r) with the rows in the order of transformers.</summary>
    /// <exception cref="AdapterException">The rows are no whole heads of an even size.</exception>
    public static AdapterTensor Restored(AdapterTensor factor, int headSize)
    {
        int rows = factor.Shape[0], columns = factor.Shape[1], half = headSize / 2;
        if (headSize % 2 != 0 || rows % headSize != 0) throw new AdapterException($"{factor}: {rows} rows are no heads of {headSize} channels, of which there must be an even number");
        var restored = new float[factor.Values.Length];
        for (int row = 0; row < rows; row++)
        {
            int within = row % headSize, stored = row - within + within % half * 2 + within / half;
            factor.Values.AsSpan(stored * columns, columns).CopyTo(restored.AsSpan(row * columns));
        }
        return factor with { Values = restored };
    }
}
