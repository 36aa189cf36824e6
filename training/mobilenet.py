"""FaceRes in PyTorch from its seventh block on, with the weights it came with: what block 6 saw in, logits of ages out.

The blocks before are left as they are, so that they run only once for each copy, without PyTorch.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIDE = 112
"""Width and height of the input in pixels: half of what FaceRes had, so a quarter of the time."""
PADDING = 0.25
"""Face widths around the template: FairFace's pictures have no more."""
AGES = 81
"""Years from 0 that are told apart; the last is open upwards."""
SEEN = "conv_pw_6_relu/clip_by_value"
"""What the sixth block gives: the first that is 7 pixels wide."""
TRAINED = 14
"""Convolutions after it, two a block."""
LEVELS = 255 / 6
"""What block 6 saw lies between 0 and 6, and is kept as bytes."""
MEAN = np.array([103.939, 116.779, 123.68], np.float32)
"""What the input is measured from, blue first."""
DROPPED = 0.2
"""Share of the features that are left out in each step of training."""
YOUNGEST = 2.0
"""How much less likely than age 1 age 0 is at first: FaceRes counts from 1."""


class Convolution(nn.Conv2d):
    """A convolution of FaceRes, whose padding may be uneven."""

    def __init__(self, node: onnx.NodeProto, weights: Tensor, bias: Tensor) -> None:
        """Take the weights of an ONNX node."""
        facts: dict[str, Any] = {fact.name: list(fact.ints) or fact.i for fact in node.attribute}
        outputs, inputs, *kernel = weights.shape
        stride, groups = facts["strides"][0], facts.get("group", 1)
        super().__init__(inputs * groups, outputs, kernel[0], stride=stride, groups=groups)
        self.weight.data, self.bias.data = weights, bias
        top, left, bottom, right = facts["pads"]
        self.pads = (left, right, top, bottom)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (n, channels, height, width) in and out."""
        return F.relu6(super().forward(F.pad(x, self.pads) if any(self.pads) else x))

    def folded(self) -> tuple[Tensor, Tensor]:
        """Return weights and bias."""
        return self.weight, cast("Tensor", self.bias)


class MobileNet(nn.Module):
    """The last seven blocks of FaceRes, and its age head for the ages of the other network."""

    side = SIDE

    def __init__(self, start: Path) -> None:
        """Read the weights from the file of FaceRes."""
        super().__init__()
        graph = onnx.load(str(start)).graph
        weights = {w.name: torch.tensor(numpy_helper.to_array(w).astype(np.float32)) for w in graph.initializer}
        nodes = [node for node in graph.node if node.op_type == "Conv"][-TRAINED:]
        self.convolutions = nn.ModuleList(Convolution(n, weights[n.input[1]], weights[n.input[2]]) for n in nodes)
        self.layers = nn.ModuleList(_layers(graph, weights))
        self.drop = nn.Dropout(DROPPED)

    @property
    def ages(self) -> int:
        """How many years from 0 the head tells apart."""
        return AGES

    def forward(self, seen: Tensor) -> Tensor:
        """What `seen_by` gives, shape (n, 512, 7, 7), to logits of shape (n, ages)."""
        x = seen / LEVELS
        for convolution in self.convolutions:
            x = convolution(x)
        x = self.drop(x.mean((2, 3)))
        return cast("Tensor", self.layers[1](self.drop(F.relu(self.layers[0](x)))))


def seen_by(start: Path, *, threads: int) -> Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]:
    """Return the first six blocks of FaceRes as a function.

    Args:
        start: The file of FaceRes.
        threads: Threads of a run.

    Returns:
        From pictures, RGB of shape (n, SIDE, SIDE, 3), to what block 6 saw, 0..255, shape (n, 512, 7, 7).
    """
    model = onnx.load(str(start))
    graph = model.graph
    last = next(index for index, node in enumerate(graph.node) if SEEN in node.output)
    del graph.node[last + 1 :], graph.output[:], graph.value_info[:]
    used = {name for node in graph.node for name in node.input}
    kept = [weight for weight in graph.initializer if weight.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    graph.output.append(helper.make_tensor_value_info(SEEN, onnx.TensorProto.FLOAT, None))
    resize(graph, SIDE)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return lambda pictures: LEVELS * session.run(None, {"images": fed(pictures)})[0]


def fed(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return what the file eats, shape (n, 3, SIDE, SIDE), for RGB pictures of shape (n, SIDE, SIDE, 3)."""
    return np.ascontiguousarray((pictures[..., ::-1] - MEAN).transpose(0, 3, 1, 2), np.float32)


def resize(graph: onnx.GraphProto, side: int) -> None:
    """Let a fully convolutional network take pictures of another size."""
    for dimension in graph.input[0].type.tensor_type.shape.dim[2:]:
        dimension.dim_value = side


def _layers(graph: onnx.GraphProto, weights: dict[str, Tensor]) -> Iterator[nn.Linear]:
    first, last = (node for node in graph.node if node.op_type == "Gemm")
    dense, bias = weights[first.input[1]].T, weights[first.input[2]]
    ages, chances = weights[last.input[1]].T[: AGES - 1], weights[last.input[2]][: AGES - 1]  # from 1 up
    for rows, values in (
        (dense, bias),
        (torch.cat([ages[:1], ages]), torch.cat([chances[:1] - YOUNGEST, chances])),
    ):
        layer = nn.Linear(rows.shape[1], rows.shape[0])
        layer.weight.data, layer.bias.data = rows.contiguous(), values
        yield layer
