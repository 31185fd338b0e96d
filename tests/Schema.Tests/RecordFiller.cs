using System.Collections;
using System.Reflection;

namespace Graft.Schema.Tests;

/// <summary>Fills records with values other than the defaults, so that every field of the schema is written.</summary>
internal sealed class RecordFiller(int seed)
{
    private static readonly Type[] s_records =
        [.. typeof(ModelRecord).Assembly.GetTypes().Where(t => t.IsClass && IsRecord(t))];

    private readonly Random _random = new(seed);

    /// <summary>A model that holds every table and every member of every union, filled.</summary>
    public static byte[] EveryTable()
    {
        RecordFiller filler = new(1);
        ModelRecord model = filler.Model();
        List<OperatorRecord> operators = model.Subgraphs![0].Operators!;
        foreach (Type options in Members<IBuiltinOptionsRecord>())
            operators.Add(new OperatorRecord { BuiltinOptions = (IBuiltinOptionsRecord)filler.Fill(options) });
        foreach (Type options in Members<IBuiltinOptions2Record>())
            operators.Add(new OperatorRecord { BuiltinOptions2 = (IBuiltinOptions2Record)filler.Fill(options) });
        List<TensorRecord> tensors = model.Subgraphs[0].Tensors!;
        foreach (Type details in Members<IQuantizationDetailsRecord>())
            tensors.Add(new() { Quantization = new() { Details = (IQuantizationDetailsRecord)filler.Fill(details) } });
        foreach (Type vector in Members<ISparseIndexVectorRecord>())
        {
            DimensionMetadataRecord dimension = new() { ArraySegments = (ISparseIndexVectorRecord)filler.Fill(vector) };
            tensors.Add(new() { Sparsity = new() { DimMetadata = [dimension] } });
        }

        return model.ToBytes();
    }

    /// <summary>A model with random content of version 3.</summary>
    public ModelRecord Model()
    {
        ModelRecord model = (ModelRecord)Fill(typeof(ModelRecord));
        model.Version = SchemaLayout.Version;
        return model;
    }

    private static bool IsRecord(Type type) => type.GetInterface(typeof(IRecord<,>).Name) is not null;

    private static IEnumerable<Type> Members<TContract>() => s_records.Where(t => t.IsAssignableTo(typeof(TContract)));

    private object Fill(Type record)
    {
        object filled = Activator.CreateInstance(record)!;
        foreach (PropertyInfo property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.CanWrite)
                property.SetValue(filled, Value(property.PropertyType));
        }

        return filled;
    }

    private object Value(Type type)
    {
        if (type.IsArray)
            return Elements(type.GetElementType()!, Array.CreateInstance(type.GetElementType()!, _random.Next(5)));
        if (type.IsGenericType)
        {
            IList list = (IList)Activator.CreateInstance(type)!;
            for (int count = _random.Next(1, 3); count > 0; count--)
                list.Add(Value(type.GetGenericArguments()[0]));
            return list;
        }

        if (type.IsInterface)
        {
            Type[] members = [.. s_records.Where(t => t.IsAssignableTo(type))];
            return Fill(members[_random.Next(members.Length)]);
        }

        return type.IsClass && type != typeof(string) ? Fill(type) : Scalar(type);
    }

    private Array Elements(Type type, Array array)
    {
        for (int i = 0; i < array.Length; i++)
            array.SetValue(Scalar(type), i);
        return array;
    }

    private object Scalar(Type type)
    {
        int value = _random.Next(2, 120);
        if (type.IsEnum)
            return Enum.ToObject(type, value % 2 + 1);
        if (type == typeof(bool))
            return _random.Next(2) == 0;
        if (type == typeof(string))
            return "näme " + value;
        return Convert.ChangeType(type == typeof(float) ? value / 8f : value, type, null);
    }
}
