"""TensorBoard and tensorboardX from PyPI, in a virtual environment in the build folder."""

import fcntl
import json
import os
import pathlib
import subprocess
import sys
import unittest

PACKAGES = ["tensorboard", "tensorboardX", "pillow", "setuptools<81"]
IMPORTS = "import tensorboard.backend.event_processing.event_accumulator, tensorboardX, PIL"


def _install():
    """The Python of an environment that has them, or None and why not."""
    environment = pathlib.Path(os.environ["SUAR_BUILD"], "tensorboard")
    python = environment / "bin" / "python"
    works = [str(python), "-c", IMPORTS]
    if python.exists() and subprocess.run(works, capture_output=True).returncode == 0:
        return str(python), None
    for command in ([sys.executable, "-m", "venv", "--clear", str(environment)],
                    [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                     "--retries", "1", "--timeout", "20", *PACKAGES],
                    works):
        try:
            result = subprocess.run(command, capture_output=True, text=True, timeout=400)
        except subprocess.TimeoutExpired:
            return None, " ".join(command) + " took too long"
        if result.returncode != 0:
            return None, (result.stderr.strip().splitlines() or ["?"])[-1]
    return str(python), None


def require_tensorboard():
    """The Python to give to `run_script`. Skips the tests, and says SKIPPED, where it cannot be had."""
    # Tests that run at the same time share the environment.
    with open(pathlib.Path(os.environ["SUAR_BUILD"], "tensorboard.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python, why_not = _install()
    if python is None:
        print("SKIPPED: TensorBoard cannot be installed:", why_not)
        raise unittest.SkipTest(why_not)
    return python


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
