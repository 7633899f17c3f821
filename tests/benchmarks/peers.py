"""How long the calls of suar::SummaryWriter take beside those of torch.utils.tensorboard, on one thread:

    python3 tests/benchmarks/peers.py build/release

The two take turns, with `peer_benchmark` for the one; a time is that of one call with its part of the flush, and the
ratio the median over the turns.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

TURNS = 5
SECONDS = 0.2  # a turn for each call, at least

PYTHON_SCRIPT = r"""
import json, sys, tempfile, time
import numpy, torch
from torch.utils.tensorboard import SummaryWriter

torch.set_num_threads(1)
torch.manual_seed(1)
normal = {size: torch.randn(size) for size in (1000, 1000000)}
pictures = {size: torch.rand(3, size, size) for size in (28, 256)}
labels, predictions = torch.randint(2, (10000,)), torch.rand(10000)
sound, vertices = torch.rand(44100) * 2 - 1, torch.rand(1, 1000, 3)

CALLS = {
    "add_scalar": lambda writer, step: writer.add_scalar("Loss/train", 0.5, step),
    "add_histogram of 1000": lambda writer, step: writer.add_histogram("Weights", normal[1000], step),
    "add_histogram of 1000000": lambda writer, step: writer.add_histogram("Weights", normal[1000000], step),
    "add_image of 3x28x28": lambda writer, step: writer.add_image("Samples", pictures[28], step),
    "add_image of 3x256x256": lambda writer, step: writer.add_image("Samples", pictures[256], step),
    "add_pr_curve of 10000": lambda writer, step: writer.add_pr_curve("PR", labels, predictions, step),
    "add_text": lambda writer, step: writer.add_text("Notes", "text", step),
    "add_audio of 44100": lambda writer, step: writer.add_audio("Sound", sound, step),
    "add_mesh of 1000": lambda writer, step: writer.add_mesh("Mesh", vertices, global_step=step),
}

times = {}
for name, calls in json.load(sys.stdin).items():
    with tempfile.TemporaryDirectory() as directory, SummaryWriter(directory) as writer:
        step = 0

        def turn():
            global step
            for _ in range(calls):
                CALLS[name](writer, step)
                step += 1
            writer.flush()

        turn()
        begin, turns = time.perf_counter(), 0
        while time.perf_counter() - begin < float(sys.argv[1]):
            turn()
            turns += 1
        times[name] = (time.perf_counter() - begin) / turns / calls * 1e6
json.dump(times, sys.stdout)
"""


def our_times(program):
    """Microseconds a call, by name, and how many calls are flushed at once."""
    result = subprocess.run([program, "--benchmark_format=json", f"--benchmark_min_time={SECONDS}"],
                            capture_output=True, text=True, check=True)
    times, calls = {}, {}
    for case in json.loads(result.stdout)["benchmarks"]:
        name, number, _ = case["name"].rsplit("/", 2)
        calls[name] = int(number)
        times[name] = case["real_time"] / calls[name]
    return times, calls


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1])
    os.environ["SUAR_BUILD"] = str(build.resolve())
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))
    from real_tensorboard import require_torch, run_script

    python = require_torch()
    program = build / "tests/benchmarks/peer_benchmark"
    turns = []
    for _ in range(TURNS):
        ours, calls = our_times(program)
        turns.append((ours, run_script(python, PYTHON_SCRIPT, SECONDS, what=calls)))
    print(f"{'call':26}{'suar, us':>12}{'PyTorch, us':>14}{'ratio':>9}")
    for name in turns[0][0]:
        ours, theirs = ([turn[i][name] for turn in turns] for i in (0, 1))
        ratio = statistics.median(a / b for a, b in zip(ours, theirs))
        print(f"{name:26}{statistics.median(ours):12.1f}{statistics.median(theirs):14.1f}{ratio:9.3f}")


if __name__ == "__main__":
    main()
