"""Writes TorchScript files as people make them, by Debian's python3-torch: make_torchscript.py DIRECTORY.

Prints as JSON, for each file: its inputs as `suar-export-graph --input` takes them, and its number of parameters.
"""

import json
import pathlib
import sys
from typing import List, Optional, Tuple

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


def transformer():
    layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


MODELS = {
    "conv_net_scripted": (lambda: torch.jit.script(ConvNet()), ["2,1,8,8"]),
    "conv_net_traced": (lambda: torch.jit.trace(ConvNet().eval(), torch.zeros(2, 1, 8, 8)), ["2,1,8,8"]),
    "conv_net_frozen": (lambda: torch.jit.freeze(torch.jit.script(ConvNet().eval())), ["2,1,8,8"]),
    "controlled_scripted": (lambda: torch.jit.script(Controlled()), ["5,2,6"]),
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
