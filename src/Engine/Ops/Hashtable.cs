using System.Globalization;
using Graft.Errors;
using Graft.Runtime;
using Graft.Schema;

namespace Graft.Ops;

/// <summary>HASHTABLE: the handle of the lookup table with this number, one for all subgraphs of an interpreter.</summary>
internal sealed class Hashtable(int table, DType keys, DType values) : IOp<Hashtable>, IStateful
{
    /// <summary>What keys may be, and values.</summary>
    internal const string KeyTypes = "i64|str|i32", ValueTypes = "str|i64|f32|i32";

    public static OpSignature Signature => new(BuiltinOperator.Hashtable, 1, "-> resource");

    public static Hashtable Read(in OperatorDef def)
    {
        var options = def.Options<HashtableOptionsView>();
        return new(options.TableId, Check(options.KeyDtype, KeyTypes, "keys"), Check(options.ValueDtype, ValueTypes, "values"));
    }

    public void Infer(in InferContext c) => c.SetOutput(0, 1);

    public IStep Prepare(in PrepareContext c) =>
        new Step(table.ToString(CultureInfo.InvariantCulture), () => new HashTable(keys, values), c.Out(0));

    private static DType Check(TensorType type, string supported, string what)
    {
        string name = (uint)type < (uint)DTypes.Count ? ((DType)type).ShortName() : $"type {(int)type}";
        if (!supported.Split('|').Contains(name)) throw new UnsupportedOptionException($"{what} of {name} are not supported (supported: {supported})");
        return (DType)type;
    }

    private sealed class Step(string name, Func<HashTable> make, Operand handle) : IStep
    {
        public void Run(in RunContext c) => c.Write<int>(handle)[0] = c.Session.Resources.Handle("", name, make);
    }
}
