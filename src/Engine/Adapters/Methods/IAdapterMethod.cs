using Graft.Adapters.Form;
using Graft.Adapters.Peft;

namespace Graft.Adapters.Methods;

/// <summary>
/// A PEFT method: reads its own keys and tensors and states what they do. What it leaves unread is refused by whoever called it.
/// </summary>
internal interface IAdapterMethod
{
    /// <summary>The value of <c>peft_type</c>.</summary>
    static abstract string Name { get; }

    /// <summary>What can be done with it.</summary>
    static abstract MethodTraits Traits { get; }

    /// <exception cref="AdapterException">A key or tensor breaks a rule of the method.</exception>
    static abstract IEnumerable<IModuleChange> Read(PeftSource source);

    /// <summary>What the method puts before the sequence.</summary>
    static virtual KeyValuePrefix? ReadPrefix(PeftSource source) => null;

    /// <summary>What it does where only the base tells which modules are targets; see <see cref="ImportedAdapter.ForBase"/>.</summary>
    static virtual Func<BaseSizes, IEnumerable<IModuleChange>>? ReadForBase(PeftSource source) => null;

    /// <summary>What stands before module paths in the names of its tensors.</summary>
    static virtual string TensorPrefix => AdapterTensors.Prefix;
}

/// <summary>What can be done with a method's adapters.</summary>
[Flags]
internal enum MethodTraits
{
    None = 0,

    /// <summary>Runs beside the base, which stays as it is.</summary>
    Unmerged = 1,

    /// <summary>Can become part of the weights.</summary>
    Mergeable = 2,

    /// <summary>Rows of one batch may use different adapters.</summary>
    Batchable = 4,

    /// <summary>Has a scale that may differ from 1.</summary>
    Scalable = 8,

    /// <summary>Acts together with others on one module without knowing of them: what each adds or multiplies does not depend on the others.</summary>
    Combinable = 16,

    Linear = Unmerged | Mergeable | Batchable,
    Additive = Linear | Scalable | Combinable,
}
