#!/usr/bin/env python3
"""LiteRT's seat at the side-by-side benchmark: needs the package ai_edge_litert. One JSON request a line on stdin, one answer a line on stdout.

  {"load": PATH, "threads": N}   loads, fills the inputs, runs once: {"load_ms", "first_ms", "rss_kb"}
  {"turn": SECONDS, "block": N}  times blocks of N runs: {"median_us", "quickest_us"}, microseconds of one run
  {"memory": true}               {"rss_kb"}
"""
import json, os, sys, time
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def rss_kb():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def made_up(count, dtype):
    """The numbers that Seat.cs makes up: element i from the top bits of i * 2654435761 mod 2^32."""
    bits = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)) >> np.uint64(8)
    dtype = np.dtype(dtype)
    if dtype.kind == "f": return ((bits & np.uint64(0xFFFF)).astype(np.float64) / 32768 - 1).astype(dtype)
    if dtype.itemsize == 1 and dtype.kind in "iu": return (bits & np.uint64(0xFF)).astype(np.uint8).view(dtype)
    return (bits & np.uint64(1)).astype(dtype)


def load(path, threads):
    before, start = rss_kb(), time.perf_counter()
    it = Interpreter(model_path=path, num_threads=threads, experimental_op_resolver_type=OpResolverType.AUTO)
    it.allocate_tensors()
    loaded = time.perf_counter()
    for d in it.get_input_details():
        it.set_tensor(d["index"], made_up(int(np.prod(d["shape"])), d["dtype"]).reshape(d["shape"]))
    filled = time.perf_counter()
    it.invoke()
    first = time.perf_counter() - filled
    return it, {"load_ms": (loaded - start) * 1e3, "first_ms": first * 1e3, "rss_kb": before}


def turn(it, seconds, block):
    run, clock, blocks = it.invoke, time.perf_counter_ns, []
    end = clock() + int(seconds * 1e9)
    while len(blocks) < 3 or clock() < end:
        start = clock()
        for _ in range(block): run()
        blocks.append((clock() - start) / 1e3 / block)
    blocks.sort()
    return {"median_us": blocks[len(blocks) // 2], "quickest_us": blocks[0]}


def main():
    it = None
    for line in sys.stdin:
        request = json.loads(line)
        if "load" in request: it, answer = load(request["load"], request["threads"])
        elif "turn" in request: answer = turn(it, request["turn"], request["block"])
        else: answer = {"rss_kb": rss_kb()}
        print(json.dumps(answer), flush=True)


main()
