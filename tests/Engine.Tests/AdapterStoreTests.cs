namespace Graft.Tests;

public sealed class AdapterStoreTests
{
    [Fact]
    public async Task Adapters_are_read_once_and_found_resident()
    {
        using var model = Digits.Model();
        using var store = new AdapterStore(model);
        store.Add("rotated", Digits.Adapter("rotated-lora"), Digits.Options);
        Assert.Null(store.TryGet("rotated"));
        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.GetAsync("rotated")));
        Assert.All(leases, l => Assert.Same(leases[0].Adapter, l.Adapter));
        Assert.Equal("rotated", leases[0].Adapter.Name);
        Assert.Equal(leases[0].Adapter.ByteCount, store.ByteCount);
        Assert.Equal(store.ByteCount, Assert.Single(store.Adapters).ByteCount);
        foreach (var lease in leases) lease.Dispose();
        Assert.NotNull(store.TryGet("rotated"));
        Assert.Throws<ObjectDisposedException>(() => _ = leases[0].Adapter.Name);
    }

    [Fact]
    public void The_least_recently_used_goes_first_and_pinned_ones_stay()
    {
        using var model = Digits.Model();
        long one;
        using (var probe = model.LoadAdapter(Digits.Adapter("rotated-lora"), Digits.Options)) one = probe.ByteCount;
        using var store = new AdapterStore(model, 2 * one + one / 2);
        foreach (string name in (string[])["a", "b", "c"]) store.Add(name, Digits.Adapter("rotated-lora"), Digits.Options);
        using var held = store.Get("a");
        store.Get("b").Dispose();
        store.Get("a").Dispose();
        store.Get("c").Dispose();
        Assert.Equal(["a", "c"], store.Adapters.Where(s => s.ByteCount is not null).Select(s => s.Name));
        store.Pin("a");
        store.Get("c").Dispose();
        store.Get("b").Dispose();
        Assert.Equal(["a", "b"], store.Adapters.Where(s => s.ByteCount is not null).Select(s => s.Name));
        Assert.Equal(2 * one, store.ByteCount);
        store.Pin("b");
        Assert.Contains("pinned", Assert.Throws<AdapterException>(() => store.Get("c")).Message);
        Assert.True(store.Remove("a"));
        // A lease outlives the name.
        using var interpreter = new Interpreter(model) { Adapter = held.Adapter };
        interpreter.Invoke();
    }

    [Fact]
    public void Rows_of_a_batch_come_by_name_and_are_let_go_together()
    {
        using var model = Digits.Model();
        using var store = new AdapterStore(model) { BatchLimit = 2 };
        foreach (string name in (string[])["a", "b", "c"]) store.Add(name, Digits.Adapter("rotated-lora"), Digits.Options);
        var lease = store.GetRows("a", null, "b", "a");
        Assert.Equal(["a", null, "b", "a"], lease.Rows.Rows.Select(r => r?.Name));
        Assert.Same(lease.Rows.Rows[0], lease.Rows.Rows[3]);
        Assert.Contains("limit of 2", Assert.Throws<ArgumentException>(() => store.GetRows("a", "b", "c")).Message, StringComparison.Ordinal);
        Assert.Null(store.TryGet("c"));
        Assert.Throws<KeyNotFoundException>(() => store.GetRows("a", "other"));
        Assert.Throws<ArgumentException>(() => store.GetRows());
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdapterStore(model) { BatchLimit = 0 });
        var kept = lease.Rows.Rows[0]!;
        store.Remove("a");
        Assert.True(kept.ByteCount > 0);
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => lease.Rows);
        Assert.False(kept.TryAcquire());
    }

    [Fact]
    public void Unknown_names_and_failed_loads_leave_the_store_as_it_was()
    {
        using var model = Digits.Model();
        using var store = new AdapterStore(model);
        store.Add("broken", Path.Combine(Path.GetTempPath(), "no such adapter"));
        Assert.Throws<AdapterException>(() => store.Get("broken"));
        Assert.Throws<AdapterException>(() => store.Get("broken"));
        Assert.Contains("broken", Assert.Throws<KeyNotFoundException>(() => store.Get("other")).Message);
        Assert.Throws<KeyNotFoundException>(() => store.Default = "other");
        Assert.Throws<ArgumentException>(() => store.Add("broken", "elsewhere"));
        Assert.Equal(0, store.ByteCount);
        Assert.Null(store.GetDefault());
    }

    [Fact]
    public async Task A_cancelled_wait_ends_at_once()
    {
        using var model = Digits.Model();
        using var store = new AdapterStore(model);
        store.Add("rotated", Digits.Adapter("rotated-lora"), Digits.Options);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.GetAsync("rotated", new CancellationToken(true)));
        using var lease = await store.GetAsync("rotated");
    }
}
