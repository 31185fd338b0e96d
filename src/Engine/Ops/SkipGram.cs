using Graft.Kernels.Strings;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>
/// SKIP_GRAM: the groups of <c>ngram_size</c> words of the first string, or of up to as many, in which at most <c>max_skip_size</c> words
/// are left out between neighbours; words joined by a space. Allocates while it runs, as its output's size shows only then.
/// </summary>
internal sealed class SkipGram(int size, int skip, bool isAll) : IOp<SkipGram>
{
    public static OpSignature Signature => new(BuiltinOperator.SkipGram, 1, "str -> str");

    public static SkipGram Read(in OperatorDef def)
    {
        var options = def.Options<SkipGramOptionsView>();
        return new(options.NgramSize, options.MaxSkipSize, options.IncludeAllNgrams);
    }

    public void Infer(in InferContext c) => c.Require(c.Shape(0).ElementCount > 0, "there is no string");

    public IStep Prepare(in PrepareContext c) => new Step(c.In(0), c.Out(0), size, skip, isAll);

    private sealed class Step(Operand input, Operand output, int size, int skip, bool isAll) : IStep
    {
        public void Run(in RunContext c)
        {
            var strings = new StringBuffer(c.Read<byte>(input));
            if (strings.Count == 0) StepFault.Raise("there is no string");
            var text = strings[0];
            var words = new System.Range[Words.Split(text, [])];
            Words.Split(text, words);
            var stack = new int[size >= 1 && size <= words.Length ? size : 0];
            var (count, characters) = Measure(words, stack);
            c.Resize(output, new Shape(count), StringBuffer.ByteCount(count, characters));
            var writer = new StringBufferWriter(c.Write<byte>(output), count);
            var line = new byte[text.Length + words.Length];
            for (var grams = new SkipGrams(words.Length, size, skip, isAll, stack); grams.Next();)
            {
                int length = 0;
                foreach (int word in grams.Current)
                {
                    if (length > 0) line[length++] = (byte)' ';
                    text[words[word]].CopyTo(line.AsSpan(length));
                    length += words[word].End.Value - words[word].Start.Value;
                }
                writer.Add(line.AsSpan(0, length));
            }
        }

        private (int Count, long Characters) Measure(System.Range[] words, int[] stack)
        {
            long count = 0, characters = 0;
            for (var grams = new SkipGrams(words.Length, size, skip, isAll, stack); grams.Next(); count++)
            {
                characters += grams.Current.Length - 1;
                foreach (int word in grams.Current) characters += words[word].End.Value - words[word].Start.Value;
                if ((count + 3) * sizeof(int) + characters > int.MaxValue) StepFault.Raise($"{words.Length} words have more groups than fit 2 GB");
            }
            return ((int)count, characters);
        }
    }
}
