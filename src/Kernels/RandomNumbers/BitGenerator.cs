namespace Graft.Kernels.RandomNumbers;

/// <summary>Random bits from a state of 32-bit words: key, counter, and for Philox the counter's upper half.</summary>
internal static class BitGenerator
{
    /// <summary>
    /// Fills the output and moves the counter's lower 64 bits on. A state of four words gives Philox the key as the counter's upper half.
    /// </summary>
    public static void FillPhilox(Span<uint> state, Span<uint> output)
    {
        Philox.Block counter = default;
        counter[0] = state[2];
        counter[1] = state[3];
        counter[2] = state[state.Length > 4 ? 4 : 0];
        counter[3] = state[state.Length > 4 ? 5 : 1];
        for (int i = 0; i < output.Length; i += 4)
        {
            var block = Philox.Generate(state[0], state[1], counter);
            for (int k = 0; k < Math.Min(4, output.Length - i); k++) output[i + k] = block[k];
            if (++counter[0] == 0) counter[1]++;
        }
        (state[2], state[3]) = (counter[0], counter[1]);
    }

    /// <summary>Fills the output and moves the counter of 64 bits on. The state has four words.</summary>
    public static void FillThreefry(Span<uint> state, Span<uint> output)
    {
        for (int i = 0; i < output.Length; i += 2)
        {
            var (first, second) = Threefry.Generate(state[0], state[1], state[2], state[3]);
            output[i] = first;
            if (i + 1 < output.Length) output[i + 1] = second;
            if (++state[2] == 0) state[3]++;
        }
    }
}
