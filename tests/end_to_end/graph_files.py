"""Graphs that suar-export-graph makes of TorchScript files that Python wrote.

The files come from Debian's python3-torch; where it cannot be had, the tests say SKIPPED.
"""

import json
import os
import pathlib
import subprocess
import sys

from real_tensorboard import skip

PROGRAM = os.environ["SUAR_EXPORT_GRAPH"]
MAKE = pathlib.Path(__file__).with_name("make_torchscript.py")


def python_with_torch():
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", "import torch"], capture_output=True, timeout=120).returncode == 0:
                return python
        except OSError:
            pass
    skip("no Python here has torch: apt-get install python3-torch")


def run(*arguments):
    answer = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def make_models(root):
    """Writes the files into the directory: {name: {file, inputs, parameters}}, inputs as arguments."""
    made = subprocess.run([python_with_torch(), str(MAKE), str(root)], capture_output=True, text=True, timeout=300)
    assert made.returncode == 0, made.stderr
    models = json.loads(made.stdout)
    for name, model in models.items():
        model["file"] = root / (name + ".pt")
        model["inputs"] = [argument for text in model["inputs"] for argument in ("--input", text)]
    return models


def export_all(root, models, *arguments):
    """What each file's graph is as JSON, of a run and, under the name with "_structure", without inputs. What the
    arguments write beside it may hold "{form}", which becomes that name."""
    graphs = {}
    for name, model in models.items():
        for form, inputs in ((name, model["inputs"]), (name + "_structure", [])):
            graph = root / (form + ".json")
            run(model["file"], *inputs, *(argument.format(form=form) for argument in arguments), "-o", graph)
            graphs[form] = json.loads(graph.read_text())
    return graphs
