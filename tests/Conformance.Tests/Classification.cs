using Graft.Conformance.Rules;
using Graft.Schema;

namespace Graft.Conformance.Tests;

/// <summary>The class of every operator is stated, and models get the right rules.</summary>
public sealed class Classification
{
    [Fact]
    public void Every_builtin_operator_has_a_class()
    {
        var known = OperatorClasses.Known.ToHashSet();
        Assert.Empty(Enum.GetValues<BuiltinOperator>().Select(SchemaNames.Of).Except(known));
    }

    [Fact]
    public void Every_operator_of_a_list_of_peculiarities_has_a_class()
    {
        Assert.All(OperatorClasses.Known,
            name =>
                Assert.True(OperatorClasses.Of(name) is OperatorClass.Exact or OperatorClass.Elementwise or OperatorClass.Accumulating));
        Assert.Equal(OperatorClass.Accumulating, OperatorClasses.Of("no such operator"));
    }

    private static ModelFacts Facts(params OperatorRecord[] nodes)
    {
        var model = new ModelRecord { Version = 3, Buffers = [new BufferRecord()] };
        model.OperatorCodes = [.. nodes.Select((n, i) => Code((BuiltinOperator)n.OpcodeIndex))];
        var tensors = new List<TensorRecord>
        {
            new() { Type = TensorType.Float32 }, new() { Type = TensorType.Int8 },
                new() { Type = TensorType.Float32, Sparsity = new SparsityParametersRecord() },
        };
        for (int i = 0; i < nodes.Length; i++) nodes[i].OpcodeIndex = (uint)i;
        model.Subgraphs = [new SubGraphRecord { Tensors = tensors, Operators = [.. nodes] }];
        byte[] bytes = model.ToBytes();
        Verifier.Verify(bytes);
        return ModelFactsReader.Read(bytes);
    }

    private static OperatorCodeRecord Code(BuiltinOperator code) =>
        new() { DeprecatedBuiltinCode = (sbyte)Math.Min((int)code, 127), BuiltinCode = code, Version = 1 };

    private static OperatorRecord Node(BuiltinOperator code, params int[] inputs) =>
        new() { OpcodeIndex = (uint)code, Inputs = inputs };

    [Fact]
    public void One_calculating_operator_is_a_single_operator_whatever_moves_data_around_it()
    {
        var facts = Facts(Node(BuiltinOperator.Reshape, 0), Node(BuiltinOperator.Tanh, 0),
            Node(BuiltinOperator.Transpose, 0));
        Assert.Equal((OperatorClass.Elementwise, false), (facts.Class, facts.IsWhole));
        Assert.Equal((OperatorClass.Exact, false),
            (Facts(Node(BuiltinOperator.Reshape, 0)).Class, Facts(Node(BuiltinOperator.Reshape, 0)).IsWhole));
    }

    [Fact]
    public void Several_calculating_operators_or_a_loop_are_a_whole_model()
    {
        var two = Facts(Node(BuiltinOperator.Tanh, 0), Node(BuiltinOperator.Exp, 0));
        Assert.Equal((OperatorClass.Accumulating, true), (two.Class, two.IsWhole));
        Assert.True(Facts(Node(BuiltinOperator.While, 0), Node(BuiltinOperator.Add, 0)).IsWhole);
        Assert.False(Facts(Node(BuiltinOperator.While, 0), Node(BuiltinOperator.Less, 0)).IsWhole);
    }

    [Fact]
    public void Float_activations_with_integer_weights_are_hybrid()
    {
        Assert.True(Facts(Node(BuiltinOperator.FullyConnected, 0, 1, -1)).IsHybrid);
        Assert.False(Facts(Node(BuiltinOperator.FullyConnected, 0, 0)).IsHybrid);
        Assert.False(Facts(Node(BuiltinOperator.FullyConnected, 1, 1)).IsHybrid);
    }

    [Fact]
    public void Xnnpack_is_not_trusted_where_it_is_wrong()
    {
        Assert.True(Facts(Node(BuiltinOperator.FullyConnected, 0, 1)).TrustsXnnpack);
        Assert.False(Facts(Node(BuiltinOperator.FullyConnected, 0, 2)).TrustsXnnpack);
        Assert.False(Facts(Node(BuiltinOperator.BatchMatMul, 0, 1)).TrustsXnnpack);
        Assert.True(Facts(Node(BuiltinOperator.BatchMatMul, 0, 0)).TrustsXnnpack);
        Assert.False(Facts(Node(BuiltinOperator.Exp, 0)).TrustsXnnpack);
    }

    [Fact]
    public void Random_operators_are_unseeded_when_both_seeds_are_zero()
    {
        OperatorRecord Random(long seed, long seed2)
        {
            var node = Node(BuiltinOperator.RandomUniform, 0);
            node.BuiltinOptions = new RandomOptionsRecord { Seed = seed, Seed2 = seed2 };
            return node;
        }
        Assert.True(Facts(Random(0, 0)).IsUnseeded);
        Assert.False(Facts(Random(0, 1)).IsUnseeded);
        Assert.False(Facts(Random(1, 0)).IsUnseeded);
    }

    [Fact]
    public void Infinity_is_clamped_by_operators_with_an_activation()
    {
        Assert.True(Facts(Node(BuiltinOperator.Add, 0, 0)).ClampsInfinity);
        Assert.False(Facts(Node(BuiltinOperator.Exp, 0)).ClampsInfinity);
    }
}
