"""Writes TorchScript files as people make them, by Debian's python3-torch: make_torchscript.py DIRECTORY.

Prints as JSON, for each file: its inputs as `suar-export-graph --input` takes them, and its number of parameters.
"""

import json
import pathlib
import sys
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor, nn

torch.manual_seed(1)


class ConvNet(nn.Module):
    """Layers in a Sequential, functions between."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.ReLU(), nn.MaxPool2d(2))
        self.dropout = nn.Dropout(0.5)
        self.classifier = nn.Linear(36, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)
        x = self.dropout(x.flatten(1))
        return torch.log_softmax(self.classifier(x), dim=1)


class Block(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.norm = nn.LayerNorm(size)
        self.linear = nn.Linear(size, size)

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.relu(self.linear(self.norm(x)))


class Controlled(nn.Module):
    """Branches, a loop, optional arguments, lists, tuples, a helper and a second method."""

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(6), Block(6)])
        self.small = nn.Linear(6, 3)
        self.large = nn.Linear(6, 3)
        self.lstm = nn.LSTM(3, 4)
        self.register_buffer("scale", torch.ones(6))

    def helper(self, x: Tensor) -> Tensor:
        return x * self.scale

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        return self.small(x)

    def forward(self, x: Tensor, bias: Optional[Tensor] = None, turns: int = 3) -> Tuple[Tensor, List[Tensor]]:
        seen: List[Tensor] = []
        for block in self.blocks:
            x = block(x)
            seen.append(x)
        if bias is not None:
            x = x + bias
        turn = 0
        while turn < turns:
            if turn % 2 == 0:
                x = self.helper(x)
            else:
                x = torch.tanh(x)
            turn += 1
        if x.size(0) > 100:
            y = self.large(x)
        else:
            y = self.small(x)
        y, _ = self.lstm(y)
        return y, seen


class Tagger(nn.Module):
    """Tags each token of a sequence."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 6)
        self.lstm = nn.LSTM(6, 5, num_layers=2, bidirectional=True)
        self.output = nn.Linear(10, 3)

    def forward(self, tokens: Tensor) -> Tensor:
        states, _ = self.lstm(self.embedding(tokens))
        return self.output(torch.tanh(states))


class Forked(nn.Module):
    """Two parts that run at the same time."""

    def __init__(self):
        super().__init__()
        self.left = nn.Linear(6, 4)
        self.right = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        left = torch.jit.fork(self.left, x)
        right = torch.jit.fork(self.right, x)
        return torch.jit.wait(left) * torch.jit.wait(right)


class Containers(nn.Module):
    """Dictionaries, lists and tuples, by key and by index."""

    def pair(self, x: Tensor) -> Tuple[Tensor, Tensor]:
        return x.sigmoid(), x.tanh()

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        named: Dict[str, Tensor] = {"whole": x.exp()}
        halves = x.chunk(2, dim=1)
        both = [halves[1], halves[0]]
        second = self.pair(x)[1]
        return {"last": both[-1].relu(), "sum": second + named["whole"]}


class Stateful(nn.Module):
    """Attributes that forward() sets: a tensor and a number."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(6, 6)
        self.register_buffer("hidden", torch.zeros(2, 6))
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.hidden = torch.tanh(self.linear(x) + self.hidden)
        return self.hidden * self.calls


class Resized(nn.Module):
    """Pictures of other sizes, in all ways."""

    def __init__(self):
        super().__init__()
        self.up = nn.Upsample(scale_factor=2)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.interpolate(self.up(x), size=(12, 10), mode="bilinear", align_corners=False)
        return nn.functional.interpolate(x, scale_factor=0.5, mode="nearest")


class Sliced(nn.Module):
    """Writes into parts of a tensor."""

    def forward(self, x: Tensor) -> Tensor:
        y = x * 2
        y[:, 0] = torch.relu(x[:, 1])
        y[:, 2:] += 1
        return torch.tanh(y)


def transformer():
    layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


MODELS = {
    "conv_net_scripted": (lambda: torch.jit.script(ConvNet()), ["2,1,8,8"]),
    "conv_net_traced": (lambda: torch.jit.trace(ConvNet().eval(), torch.zeros(2, 1, 8, 8)), ["2,1,8,8"]),
    "conv_net_frozen": (lambda: torch.jit.freeze(torch.jit.script(ConvNet().eval())), ["2,1,8,8"]),
    "controlled_scripted": (lambda: torch.jit.script(Controlled()), ["5,2,6"]),
    "tagger_traced": (lambda: torch.jit.trace(Tagger().eval(), torch.zeros(7, 2, dtype=torch.int64)), ["7,2:int64"]),
    "forked_scripted": (lambda: torch.jit.script(Forked()), ["2,6"]),
    "containers_scripted": (lambda: torch.jit.script(Containers()), ["2,6"]),
    "stateful_scripted": (lambda: torch.jit.script(Stateful()), ["2,6"]),
    "resized_scripted": (lambda: torch.jit.script(Resized()), ["1,2,4,4"]),
    "sliced_scripted": (lambda: torch.jit.script(Sliced()), ["3,4"]),
    "sliced_traced": (lambda: torch.jit.trace(Sliced(), torch.zeros(3, 4)), ["3,4"]),
    "transformer_scripted": (lambda: torch.jit.script(transformer()), ["2,5,8"]),
    "transformer_traced": (lambda: torch.jit.trace(transformer().train(), torch.zeros(2, 5, 8), check_trace=False),
                           ["2,5,8"]),
}

directory = pathlib.Path(sys.argv[1])
described = {}
for name, (make, inputs) in MODELS.items():
    model = make()
    model.save(str(directory / (name + ".pt")))
    described[name] = {"inputs": inputs, "parameters": sum(p.numel() for p in model.parameters())}
json.dump(described, sys.stdout)
