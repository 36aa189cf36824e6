"""dlib's age network in PyTorch, with the weights it came with, ready to be trained on: chips in, logits of ages out.

Each convolution gets a BatchNorm that changes nothing at first: the network was folded, and trains badly without.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDE = 64
"""Width and height of the input in pixels."""
PADDING = 0.18
"""Face widths around the template in the input, when nothing is jittered."""
MEAN, SCALE = (122.782, 117.001, 104.298), 1 / 256
"""What a network of `models/` eats: (pixel - mean) * scale, red first."""
DROPPED = 0.2
"""Share of the features that are left out in each step of training."""


class Convolution(nn.Module):
    """A convolution of a folded network, and a BatchNorm after it."""

    def __init__(self, weights: Tensor, bias: Tensor, *, stride: int, padding: int) -> None:
        """Take the weights of an ONNX node."""
        super().__init__()
        outputs, inputs, *kernel = weights.shape
        self.convolution = nn.Conv2d(inputs, outputs, kernel[0], stride=stride, padding=padding, bias=False)
        self.convolution.weight.data = weights
        self.norm = nn.BatchNorm2d(outputs, momentum=0.02)
        self.norm.running_var.fill_(1 - self.norm.eps)
        self.norm.bias.data = bias

    def forward(self, x: Tensor) -> Tensor:
        """Shape (n, channels, height, width) in and out."""
        return cast("Tensor", self.norm(self.convolution(x)))

    @torch.no_grad()
    def settle(self, x: Tensor) -> Tensor:
        """Set the BatchNorm so that it normalises such inputs and still changes nothing; return what comes out."""
        before, norm = self.convolution(x), self.norm
        after = cast("Tensor", norm(before))
        mean, variance = before.mean((0, 2, 3)), before.var((0, 2, 3))
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        shift = norm.bias - scale * norm.running_mean
        norm.running_mean, norm.running_var = mean.clone(), variance.clone()
        norm.weight.data, norm.bias.data = scale * torch.sqrt(variance + norm.eps), shift + scale * mean
        return after

    @torch.no_grad()
    def folded(self) -> tuple[Tensor, Tensor]:
        """Return weights and bias of one convolution that does what this and its BatchNorm do."""
        scale = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        return self.convolution.weight * scale[:, None, None, None], self.norm.bias - scale * self.norm.running_mean


class AgeNet(nn.Module):
    """dlib's ResNet-10: 81 ages, of which the last is open upwards."""

    def __init__(self, start: Path) -> None:
        """Read the weights from the ONNX file that training starts from."""
        super().__init__()
        graph = onnx.load(str(start)).graph
        weights = {w.name: torch.tensor(numpy_helper.to_array(w).astype(np.float32)) for w in graph.initializer}
        self.convolutions = nn.ModuleList(_convolutions(graph, weights))
        (gemm,) = [node for node in graph.node if node.op_type == "Gemm"]
        matrix, bias = weights[gemm.input[1]], weights[gemm.input[2]]
        self.layers = nn.ModuleList([nn.Linear(*matrix.shape)])
        self.layers[0].weight.data, self.layers[0].bias.data = matrix.T.contiguous(), bias
        self.drop = nn.Dropout(DROPPED)

    @property
    def ages(self) -> int:
        """How many years from 0 the head tells apart."""
        return cast("nn.Linear", self.layers[0]).out_features

    def forward(self, x: Tensor) -> Tensor:
        """Pixels, RGB 0..255 of shape (n, 3, SIDE, SIDE), to logits of shape (n, ages)."""
        conv = self.convolutions
        x = F.max_pool2d(F.relu(conv[0](fed(x))), 3, 2)
        x = F.relu(x + conv[2](F.relu(conv[1](x))))
        x = _narrowed(x, conv[3], conv[4])
        x = F.relu(x + conv[6](F.relu(conv[5](x))))
        x = _narrowed(x, conv[7], conv[8])
        x = F.relu(x + conv[10](F.relu(conv[9](x))))
        return cast("Tensor", self.layers[0](self.drop(x.mean((2, 3)))))

    @torch.no_grad()
    def settle(self, x: Tensor) -> None:
        """Set every BatchNorm by a batch of pixels, shape (n, 3, SIDE, SIDE)."""
        self.eval()
        forwards = [convolution.forward for convolution in self.convolutions]
        for convolution in self.convolutions:
            convolution.forward = cast("Convolution", convolution).settle
        self(x)
        for convolution, forward in zip(self.convolutions, forwards, strict=True):
            convolution.forward = forward


def fed(x: Tensor) -> Tensor:
    """Return what the file in `models/` eats, for pixels, RGB 0..255 of shape (n, 3, SIDE, SIDE)."""
    return (x - torch.tensor(MEAN).view(1, 3, 1, 1)) * SCALE


def _convolutions(graph: onnx.GraphProto, weights: dict[str, Tensor]) -> Iterator[Convolution]:
    for node in graph.node:
        if node.op_type == "Conv":
            facts: dict[str, Any] = {fact.name: list(fact.ints) for fact in node.attribute}
            parts = weights[node.input[1]], weights[node.input[2]]
            yield Convolution(*parts, stride=facts["strides"][0], padding=facts["pads"][0])


def _narrowed(x: Tensor, first: nn.Module, second: nn.Module) -> Tensor:
    """Run dlib's block that halves the picture; the shortcut is padded with zeros to the same shape."""
    y = second(F.relu(first(x)))
    short = F.avg_pool2d(x, 2, 2)
    height, width = max(y.shape[2], short.shape[2]), max(y.shape[3], short.shape[3])
    short = F.pad(short, (0, width - short.shape[3], 0, height - short.shape[2], 0, y.shape[1] - short.shape[1]))
    return F.relu(short + F.pad(y, (0, width - y.shape[3], 0, height - y.shape[2])))
