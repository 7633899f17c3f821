"""TensorBoard, tensorboardX and, where the system has it, PyTorch, in virtual environments in the build folder, filled
from PyPI."""

import fcntl
import json
import os
import pathlib
import subprocess
import sys
import unittest

# What makes an environment: the folder, options, the packages, and the modules that then are there.
TENSORBOARD = ("tensorboard", [], ["tensorboard", "tensorboardX", "pillow", "setuptools<81"],
               "import tensorboard.backend.event_processing.event_accumulator, tensorboardX, PIL")
# NumPy as old as Debian's PyTorch: newer ones took a form away that its histograms use.
TORCH = ("torch_peer", ["--system-site-packages"],
         ["tensorboard", "numpy<1.24; python_version<'3.12'", "pillow", "setuptools<81"],
         "import torch.utils.tensorboard, PIL")


def _install(interpreter, folder, options, packages, imports):
    """The Python of an environment that has them, or None and why not."""
    environment = pathlib.Path(os.environ["SUAR_BUILD"], folder)
    python = environment / "bin" / "python"
    works = [str(python), "-c", imports]
    if python.exists() and subprocess.run(works, capture_output=True).returncode == 0:
        return str(python), None
    for command in ([interpreter, "-m", "venv", *options, "--clear", str(environment)],
                    [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                     "--retries", "1", "--timeout", "20", *packages],
                    works):
        try:
            result = subprocess.run(command, capture_output=True, text=True, timeout=400)
        except subprocess.TimeoutExpired:
            return None, " ".join(command) + " took too long"
        if result.returncode != 0:
            return None, (result.stderr.strip().splitlines() or ["?"])[-1]
    return str(python), None


def _require(what, interpreter, environment):
    # Tests that run at the same time share the environment.
    with open(pathlib.Path(os.environ["SUAR_BUILD"], environment[0] + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python, why_not = _install(interpreter, *environment)
    if python is None:
        skip(f"{what} cannot be installed: {why_not}")
    return python


def skip(why):
    print("SKIPPED:", why)
    raise unittest.SkipTest(why)


def require_tensorboard():
    """The Python to give to `run_script`. Skips the tests, and says SKIPPED, where it cannot be had."""
    return _require("TensorBoard", sys.executable, TENSORBOARD)


def require_torch():
    """The same with the PyTorch that the system has: from PyPI it would be gigabytes."""
    for interpreter in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([interpreter, "-c", "import torch"], capture_output=True).returncode == 0:
                return _require("TensorBoard beside PyTorch", interpreter, TORCH)
        except OSError:
            pass
    skip("there is no PyTorch for Python (Debian: python3-torch)")


def run_script(python, script, *arguments, what=None):
    """Runs a script in the environment with `what` as JSON on its input; returns the JSON that it prints."""
    answer = subprocess.run([python, "-c", script, *map(str, arguments)], input=json.dumps(what),
                            capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout) if answer.stdout.strip() else None


# What TensorBoard shows of each run directory below the first argument, by its own code for its pages:
# {run: {tag: [plugin, [[step, wall time, value], ...]]}}, values as `dashboard.py` gives them.
READ_SCRIPT = r"""
import json, math, os, sys
from tensorboard.backend.event_processing import plugin_event_accumulator as accumulators
from tensorboard.util import tensor_util

def value_of(plugin, tensor):
    array = tensor_util.make_ndarray(tensor)
    if plugin == "scalars":
        return float(array) if math.isfinite(array) else None
    if plugin == "histograms":
        return [row for row in array.tolist() if row[2] > 0]
    if plugin == "images":
        return [int(array[0]), int(array[1]), [png.hex() for png in array[2:]]]
    if plugin == "text":
        return "\n\n".join(text.decode() for text in array.ravel())
    return None

runs = {}
for directory, _, files in os.walk(sys.argv[1]):
    if not files:
        continue
    accumulator = accumulators.EventAccumulator(
        directory, size_guidance={accumulators.TENSORS: 0})
    accumulator.Reload()
    tags = {}
    for tag in accumulator.Tags()[accumulators.TENSORS]:
        plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
        tags[tag] = [plugin, [[event.step, event.wall_time, value_of(plugin, event.tensor_proto)]
                              for event in accumulator.Tensors(tag)]]
    runs[os.path.relpath(directory, sys.argv[1])] = tags
json.dump(runs, sys.stdout)
"""
