"""Turn a frozen TensorFlow.js graph model (a MobileNet with dense heads) into an ONNX graph.

Only the operators such a network has are known; anything else is an error. Images become (N, C, H, W), as ONNX
wants them. Source: https://github.com/tensorflow/tfjs/blob/master/tfjs-converter/README.md
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from onnx import NodeProto, helper

from tools.onnx_graph import Array, Graph

Node = Mapping[str, Any]
INFINITY = float("inf")


def read_weights(manifest: list[Node], data: bytes) -> dict[str, Array]:
    """Read the weight file; values stored as float16 come back as float32.

    Args:
        manifest: `weightsManifest` of the model file.
        data: All its weight files, one after the other.
    """
    weights: dict[str, Array] = {}
    offset = 0
    for entry in (entry for group in manifest for entry in group["weights"]):
        stored = np.dtype(entry.get("quantization", {}).get("dtype", entry["dtype"]))
        if stored.kind == "u":
            raise ValueError(f"{entry['name']}: integer quantisation is not known here")
        count = math.prod(entry["shape"])
        values = np.frombuffer(data, stored.newbyteorder("<"), count, offset)
        weights[entry["name"]] = values.astype(entry["dtype"]).reshape(entry["shape"])
        offset += count * stored.itemsize
    if offset != len(data):
        raise ValueError(f"{len(data) - offset} bytes of weights are left over")
    return weights


def convert(model: Node, data: bytes, output: str) -> Graph:
    """Convert the part of a model that one output needs; other heads are left out.

    Args:
        model: The parsed model file.
        data: Its weights.
        output: Name of the node to end with.
    """
    nodes = {node["name"]: node for node in model["modelTopology"]["node"]}
    converter = _Converter(nodes, read_weights(model["weightsManifest"], data))
    converter.visit(output)
    return Graph(converter.nodes, converter.arrays)


class _Converter:
    """Walks back from the output and emits each node after its inputs."""

    def __init__(self, source: Mapping[str, Node], weights: Mapping[str, Array]) -> None:
        self.source = source
        self.weights = weights
        self.nodes: list[NodeProto] = []
        self.arrays: dict[str, Array] = {}
        self.sides: dict[str, int] = {}
        """Height and width of each picture."""
        self.clips: dict[str, tuple[str, float, float]] = {}
        """For each clipped value: what was clipped, lowest, highest."""
        self.done: dict[str, str] = {}
        """Name in the new graph of each node converted."""
        self.rules: dict[str, Callable[[Node, list[str]], str]] = {
            "Placeholder": self._placeholder,
            "Conv2D": self._convolution,
            "DepthwiseConv2dNative": self._convolution,
            "Mul": self._per_channel,
            "Add": self._per_channel,
            "Relu": self._clip,
            "Minimum": self._clip,
            "Maximum": self._clip,
            "Mean": self._global_mean,
            "_FusedMatMul": self._dense,
            "Softmax": self._softmax,
        }

    def visit(self, name: str) -> str:
        """Convert a node and all before it; return its name in the new graph."""
        if name not in self.done:
            node = self.source[name]
            moving = [item for item in node.get("input", ()) if item not in self.weights]
            if len(moving) > 1:
                raise ValueError(f"{name}: branches are not known here")
            self.done[name] = self.rules[node["op"]](node, [self.visit(item) for item in moving])
        return self.done[name]

    def _emit(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], output, **attributes))
        return output

    def _constant(self, node: Node, index: int) -> Array:
        return self.weights[node["input"][index]]

    def _store(self, name: str, array: Array) -> str:
        self.arrays[name] = array
        return name

    def _placeholder(self, node: Node, _: list[str]) -> str:
        self.sides[node["name"]] = int(node["attr"]["shape"]["shape"]["dim"][1]["size"])
        return str(node["name"])

    def _convolution(self, node: Node, inputs: list[str]) -> str:
        kernel = self._constant(node, 1)
        height, _, channels, filters = kernel.shape
        depthwise = node["op"] == "DepthwiseConv2dNative"
        if depthwise:
            kernel = kernel.transpose(2, 3, 0, 1).reshape(channels * filters, 1, height, height)
        else:
            kernel = kernel.transpose(3, 2, 0, 1)
        stride = int(node["attr"]["strides"]["list"]["i"][1])
        if base64.b64decode(node["attr"]["padding"]["s"]) != b"SAME" or set(node["attr"]["dilations"]["list"]["i"]) != {
            "1"
        }:
            raise ValueError(f"{node['name']}: padding or dilation is not known here")
        side = self.sides[inputs[0]]
        self.sides[node["name"]] = math.ceil(side / stride)
        total = max((self.sides[node["name"]] - 1) * stride + height - side, 0)
        before, after = total // 2, total - total // 2
        return self._emit(
            "Conv",
            [inputs[0], self._store(node["input"][1], kernel)],
            node["name"],
            kernel_shape=[height, height],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=channels if depthwise else 1,
        )

    def _per_channel(self, node: Node, inputs: list[str]) -> str:
        self.sides[node["name"]] = self.sides[inputs[0]]
        constant = self._store(node["input"][1], self._constant(node, 1).reshape(-1, 1, 1))
        return self._emit(node["op"], [inputs[0], constant], node["name"])

    def _clip(self, node: Node, inputs: list[str]) -> str:
        """Emit Relu, Minimum and Maximum as one Clip, however many follow each other."""
        low, high = {
            "Relu": lambda: (0.0, INFINITY),
            "Minimum": lambda: (-INFINITY, float(self._constant(node, 1))),
            "Maximum": lambda: (float(self._constant(node, 1)), INFINITY),
        }[node["op"]]()
        start = inputs[0]
        if start in self.clips:
            start, earlier_low, earlier_high = self.clips[start]
            low, high = max(low, earlier_low), max(low, min(high, earlier_high))
            self.nodes.pop()
        name = str(node["name"])
        self.clips[name] = start, low, high
        self.sides[name] = self.sides[start]
        limits = [self._store(f"clip_{limit:g}", np.array(limit, np.float32)) for limit in (low, high)]
        return self._emit("Clip", [start, *limits], name)

    def _global_mean(self, node: Node, inputs: list[str]) -> str:
        if sorted(self._constant(node, 1).tolist()) != [1, 2]:
            raise ValueError(f"{node['name']}: only a mean over height and width is known here")
        pooled = self._emit("GlobalAveragePool", inputs, f"{node['name']}/pooled")
        return self._emit("Flatten", [pooled], node["name"], axis=1)

    def _dense(self, node: Node, inputs: list[str]) -> str:
        steps = [base64.b64decode(step) for step in node["attr"]["fused_ops"]["list"]["s"]]
        if steps not in ([b"BiasAdd"], [b"BiasAdd", b"Relu"]):
            raise ValueError(f"{node['name']}: {steps} is not known here")
        operands = [self._store(node["input"][index], self._constant(node, index)) for index in (1, 2)]
        if len(steps) == 1:
            return self._emit("Gemm", [inputs[0], *operands], node["name"])
        return self._emit("Relu", [self._emit("Gemm", [inputs[0], *operands], f"{node['name']}/dense")], node["name"])

    def _softmax(self, node: Node, inputs: list[str]) -> str:
        return self._emit("Softmax", inputs, node["name"], axis=1)
