"""Make a float32 ONNX graph compute in whole numbers: scales evened out between channels, then 8 bits each.

What a network's activations reach is measured elsewhere (`tools.measure_ranges`) and kept in a data file, so that the
same file comes out without the photos it was measured on.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from tools.onnx_graph import Array, Graph

MAX_HALVINGS = 4
"""A channel is enlarged by at most two to the power of this."""


@dataclass(frozen=True)
class Measured:
    """What the activations of a network reach on photos."""

    ranges: Mapping[str, tuple[float, float]]
    """Smallest and largest number worth telling apart, by the name of the activation, channels evened out."""
    halvings: Mapping[str, str]
    """How often each channel may be doubled to reach as far as the largest: a digit a channel, by activation."""

    @staticmethod
    def read(path: Path) -> Measured:
        """Read a file that `tools.measure_ranges` wrote."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return Measured({name: (low, high) for name, (low, high) in content["ranges"].items()}, content["halvings"])


def depthwise_inputs(graph: Graph) -> dict[str, tuple[int, int]]:
    """Return the activations that go from one convolution into a depthwise one only, and the index of both nodes."""
    uses = Counter(name for node in graph.nodes for name in node.input)
    makers: dict[str, int] = {}
    found = {}
    for index, node in enumerate(graph.nodes):
        name = node.input[0]
        if node.op_type == "Relu" and name in makers and uses[name] == 1:
            makers[node.output[0]] = makers[name]
        if node.op_type != "Conv":
            continue
        makers[node.output[0]] = index
        if graph.weights[node.input[1]].shape[1] == 1 and name in makers and uses[name] == 1:
            found[name] = (makers[name], index)
    return found


def even_out(graph: Graph, halvings: Mapping[str, str]) -> Graph:
    """Enlarge weak channels before a depthwise convolution and undo it in there.

    One scale for all channels then suits each of them. By powers of two, so no number is rounded: the network computes
    exactly what it did. Source: Nagel et al. 2019, https://arxiv.org/abs/1906.04721
    """
    weights = dict(graph.weights)
    pairs = depthwise_inputs(graph)
    for name, digits in halvings.items():
        before, after = (graph.nodes[index] for index in pairs[name])
        factors = 2.0 ** np.array([int(digit) for digit in digits], np.float32)
        kernel, bias = before.input[1], before.input[2]
        weights[kernel] = weights[kernel] * factors[:, None, None, None]
        weights[bias] = weights[bias] * factors
        weights[after.input[1]] = weights[after.input[1]] / factors[:, None, None, None]
    return Graph(graph.nodes, weights)


def quantize(data: bytes, measured: Measured) -> bytes:
    """Return a network that computes in 8 bits.

    Weights have one scale a channel and 7 bits: processors without the newest instructions add two products in 16 bits,
    which 8 would overflow; so the numbers are the same on any of them.

    Args:
        data: A float32 ONNX file, evened out, whose input `images` has the shape (N, 3, H, W) and numbers of 0 to 255.
        measured: The ranges of all its activations.

    Returns:
        The file; its input is uint8 of shape (N, H, W, 3), a picture as it lies in memory.
    """
    overrides: dict[str, list[dict[str, Any]]] = {
        name: [{"rmin": np.float32(low), "rmax": np.float32(high)}] for name, (low, high) in measured.ranges.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "before.onnx"), Path(folder, "after.onnx")
        before.write_bytes(data)
        quantize_static(
            before,
            after,
            _NoPhotos(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv", "ConvTranspose", "Relu", "Add"],
            extra_options={"TensorQuantOverrides": overrides},
        )
        model = onnx.load(after)
    _take_bytes(model)
    model.producer_name, model.producer_version = "blurkit", ""
    onnx.checker.check_model(model, full_check=True)
    quantized: bytes = model.SerializeToString(deterministic=True)
    return quantized


def _take_bytes(model: onnx.ModelProto) -> None:
    """Let a network take pixels as they are, instead of floats that its first step makes bytes of again."""
    graph = model.graph
    (first,) = (node for node in graph.node if node.op_type == "QuantizeLinear" and node.input[0] == "images")
    scale, zero = (next(c for c in graph.initializer if c.name == name) for name in first.input[1:])
    if numpy_helper.to_array(scale) != 1 or numpy_helper.to_array(zero) != 0:
        raise ValueError("the network's input has other steps than pixels have")
    turned = helper.make_node("Transpose", ["images"], [first.output[0]], perm=(0, 3, 1, 2))
    position = list(graph.node).index(first)
    graph.node.remove(first)
    graph.node.insert(position, turned)
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("images", TensorProto.UINT8, ("N", "H", "W", 3)))


class _NoPhotos(CalibrationDataReader):  # type: ignore[misc]
    """A grey picture for the library, which wants to see one though all ranges are given."""

    def __init__(self) -> None:
        self._pictures: Iterator[dict[str, Array]] = iter([{"images": np.full((1, 3, 64, 64), 128, np.float32)}])

    def get_next(self) -> dict[str, Array] | None:
        return next(self._pictures, None)
