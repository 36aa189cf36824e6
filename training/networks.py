"""The shipped age networks in PyTorch, with their weights, ready to be trained on: chips in, logits of ages out.

Each convolution gets a BatchNorm that changes nothing at first: the networks were folded, and train badly without.
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
    from collections.abc import Iterator, Sequence


class Convolution(nn.Module):
    """A convolution of a folded network, and a BatchNorm after it."""

    def __init__(self, weights: Tensor, bias: Tensor, *, stride: int, groups: int, pads: Sequence[int]) -> None:
        """Take the weights of an ONNX node; `pads` are top, left, bottom, right in pixels."""
        super().__init__()
        outputs, inputs, *kernel = weights.shape
        self.convolution = nn.Conv2d(inputs * groups, outputs, kernel[0], stride=stride, groups=groups, bias=False)
        self.convolution.weight.data = weights
        self.norm = nn.BatchNorm2d(outputs, momentum=0.02)
        self.norm.running_var.fill_(1 - self.norm.eps)
        self.norm.bias.data = bias
        top, left, bottom, right = pads
        self.pads = (left, right, top, bottom)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (n, channels, height, width) in and out."""
        return cast("Tensor", self.norm(self.convolution(F.pad(x, self.pads) if any(self.pads) else x)))

    @torch.no_grad()
    def settle(self, x: Tensor) -> Tensor:
        """Set the BatchNorm so that it normalises such inputs and still changes nothing; return what comes out."""
        before = self.convolution(F.pad(x, self.pads) if any(self.pads) else x)
        after = cast("Tensor", self.norm(before))
        mean, variance = before.mean((0, 2, 3)), before.var((0, 2, 3))
        spread = torch.sqrt(variance + self.norm.eps)
        scale = self.norm.weight / torch.sqrt(cast("Tensor", self.norm.running_var) + self.norm.eps)
        shift = self.norm.bias - scale * cast("Tensor", self.norm.running_mean)
        self.norm.running_mean, self.norm.running_var = mean.clone(), variance.clone()
        self.norm.weight.data, self.norm.bias.data = scale * spread, shift + scale * mean
        return after


class AgeNet(nn.Module):
    """What both networks share: a trunk, a mean over the picture, and a head whose classes are years from 0."""

    side: int
    """Width and height of the input in pixels."""
    padding: float
    """Face widths around the template in the input, when nothing is jittered."""
    frozen = 0
    """Convolutions, from the first, that stay as they are."""

    def __init__(self, model: Path) -> None:
        """Read the weights from a file of `models/`."""
        super().__init__()
        graph = onnx.load(str(model)).graph
        weights = {w.name: torch.tensor(numpy_helper.to_array(w).astype(np.float32)) for w in graph.initializer}
        self.convolutions = nn.ModuleList(_convolutions(graph, weights))
        gemms = [node for node in graph.node if node.op_type == "Gemm"]
        self.layers = nn.ModuleList()
        for gemm in gemms:
            matrix, bias = weights[gemm.input[1]], weights[gemm.input[2]]
            layer = nn.Linear(*matrix.shape)
            layer.weight.data, layer.bias.data = matrix.T.contiguous(), bias
            self.layers.append(layer)
        self.drop = nn.Dropout(0.2)
        for parameter in self.convolutions[: self.frozen].parameters():
            parameter.requires_grad = False

    @property
    def ages(self) -> int:
        """How many years from 0 the head tells apart; the last one is open upwards."""
        return cast("nn.Linear", self.layers[-1]).out_features

    def train(self, mode: bool = True) -> AgeNet:
        """Switch between learning and use; frozen convolutions do not learn what is usual, either."""
        super().train(mode)
        self.convolutions[: self.frozen].eval()
        return self

    def fed(self, x: Tensor) -> Tensor:
        """Pixels, RGB 0..255 of shape (n, 3, side, side), to what the file in `models/` eats."""
        raise NotImplementedError

    def trunk(self, x: Tensor) -> Tensor:
        """What `fed` gives, to features of shape (n, channels, rows, columns)."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Pixels to logits of shape (n, ages)."""
        x = self.trunk(self.fed(x)).mean((2, 3))
        *hidden, last = self.layers
        for layer in hidden:
            x = F.relu(layer(x))
        return cast("Tensor", last(self.drop(x)))

    @torch.no_grad()
    def settle(self, x: Tensor) -> None:
        """Set every BatchNorm by a batch of pixels, as shape (n, 3, side, side)."""
        self.eval()
        forwards = [convolution.forward for convolution in self.convolutions]
        for convolution in self.convolutions:
            convolution.forward = cast("Convolution", convolution).settle
        self(x)
        for convolution, forward in zip(self.convolutions, forwards, strict=True):
            convolution.forward = forward


def _convolutions(graph: onnx.GraphProto, weights: dict[str, Tensor]) -> Iterator[Convolution]:
    for node in graph.node:
        if node.op_type == "Conv":
            facts: dict[str, Any] = {fact.name: list(fact.ints) or fact.i for fact in node.attribute}
            yield Convolution(
                weights[node.input[1]],
                weights[node.input[2]],
                stride=facts["strides"][0],
                groups=facts.get("group", 1),
                pads=facts["pads"],
            )


class Dlib(AgeNet):
    """dlib's ResNet-10: 81 ages."""

    side, padding = 64, 0.18
    mean = torch.tensor([122.782, 117.001, 104.298]).view(1, 3, 1, 1)

    def fed(self, x: Tensor) -> Tensor:
        """See `AgeNet.fed`."""
        return (x - self.mean) / 256

    def trunk(self, x: Tensor) -> Tensor:
        """See `AgeNet.trunk`."""
        conv = self.convolutions
        x = F.max_pool2d(F.relu(conv[0](x)), 3, 2)
        x = F.relu(x + conv[2](F.relu(conv[1](x))))
        x = _narrowed(x, conv[3], conv[4])
        x = F.relu(x + conv[6](F.relu(conv[5](x))))
        x = _narrowed(x, conv[7], conv[8])
        return F.relu(x + conv[10](F.relu(conv[9](x))))


def _narrowed(x: Tensor, first: nn.Module, second: nn.Module) -> Tensor:
    """Run dlib's block that halves the picture; the shortcut is padded with zeros to the same shape."""
    y = second(F.relu(first(x)))
    short = F.avg_pool2d(x, 2, 2)
    height, width = max(y.shape[2], short.shape[2]), max(y.shape[3], short.shape[3])
    short = F.pad(short, (0, width - short.shape[3], 0, height - short.shape[2], 0, y.shape[1] - short.shape[1]))
    return F.relu(short + F.pad(y, (0, width - y.shape[3], 0, height - y.shape[2])))


class FaceRes(AgeNet):
    """The MobileNet of HSE-FaceRes with its age head: 100 ages."""

    side, padding, frozen = 96, 0.25, 3
    mean = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)

    def fed(self, x: Tensor) -> Tensor:
        """See `AgeNet.fed`."""
        return x.flip(1) - self.mean

    def trunk(self, x: Tensor) -> Tensor:
        """See `AgeNet.trunk`."""
        for convolution in self.convolutions:
            x = F.relu6(convolution(x))
        return x


NETWORKS = {"dlib": (Dlib, "age_dlib.onnx"), "faceres": (FaceRes, "age_faceres.onnx")}
"""Each network and the file it starts from."""
