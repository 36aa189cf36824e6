"""Small ONNX graphs as plain nodes and arrays: fold constants, clean, and write the same bytes every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

OPSET = 21
"""Operator set of every file written; onnxruntime 1.18 and later read it."""
IR_VERSION = 10
"""File version that belongs to it."""
OUTPUT_AXIS = {"Conv": 0, "ConvTranspose": 1}
"""Axis of the weights that counts output channels (one group only for the transposed convolution)."""

Array = npt.NDArray[Any]
Shapes = Mapping[str, tuple[int | str, ...]]


@dataclass(frozen=True)
class Graph:
    """Nodes in order of execution, and their constants by name."""

    nodes: list[NodeProto]
    """Operators."""
    weights: dict[str, Array]
    """Constants."""


def read(data: bytes) -> Graph:
    """Read an ONNX file; the nodes are copies, free to change."""
    graph = onnx.load_from_string(data).graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    return Graph(list(graph.node), weights)


def fold(graph: Graph, outputs: tuple[str, ...]) -> Graph:
    """Put each constant scale, shift and BatchNormalization into the convolution before it.

    Computed in float64 and rounded once. A convolution whose result is used elsewhere too is left alone.

    Args:
        graph: What to simplify.
        outputs: Names of the results, which must stay.
    """
    uses = Counter(name for node in graph.nodes for name in node.input) + Counter(outputs)
    weights = dict(graph.weights)
    convolutions: dict[str, NodeProto] = {}
    nodes: list[NodeProto] = []
    for original in graph.nodes:
        node = NodeProto()
        node.CopyFrom(original)
        affine = _affine(node, weights)
        before = convolutions.get(node.input[0]) if affine and uses[node.input[0]] == 1 else None
        if affine and before:
            _absorb(before, weights, *affine)
            before.output[0] = node.output[0]
            convolutions[node.output[0]] = before
            continue
        if node.op_type in OUTPUT_AXIS:
            convolutions[node.output[0]] = node
        nodes.append(node)
    return Graph(nodes, weights)


def rename(graph: Graph, names: Mapping[str, str]) -> Graph:
    """Give inputs and results other names."""
    nodes = []
    for original in graph.nodes:
        node = NodeProto()
        node.CopyFrom(original)
        node.input[:] = [names.get(name, name) for name in original.input]
        node.output[:] = [names.get(name, name) for name in original.output]
        nodes.append(node)
    return Graph(nodes, graph.weights)


def _affine(node: NodeProto, weights: dict[str, Array]) -> tuple[Array, Array] | None:
    """Return what the node does as float64 (scale, shift) per channel, or None if it is something else."""
    if not all(name in weights for name in node.input[1:]):
        return None
    constants = [weights[name].astype(np.float64).reshape(-1) for name in node.input[1:]]
    if node.op_type == "Mul":
        return constants[0], np.zeros(1)
    if node.op_type == "Add":
        return np.ones(1), constants[0]
    if node.op_type == "BatchNormalization":
        gain, bias, mean, variance = constants
        epsilon = next(a.f for a in node.attribute if a.name == "epsilon")
        scale = gain / np.sqrt(variance + epsilon)
        return scale, bias - mean * scale
    return None


def _absorb(convolution: NodeProto, weights: dict[str, Array], scale: Array, shift: Array) -> None:
    """Let a convolution do the scale and the shift itself."""
    kernel, bias = convolution.input[1], (*convolution.input, "")[2]
    axis = OUTPUT_AXIS[convolution.op_type]
    old = weights[kernel]
    shape = [1] * old.ndim
    shape[axis] = -1
    weights[kernel] = (old * scale.reshape(shape)).astype(np.float32)
    if not bias:
        bias = f"{kernel}.bias"
        weights[bias] = np.zeros(old.shape[axis], np.float32)
        convolution.input.append(bias)
    weights[bias] = (weights[bias] * scale + shift).astype(np.float32)


def write(graph: Graph, name: str, inputs: Shapes, outputs: Shapes) -> bytes:
    """Make a checked ONNX file: the same graph always gives the same bytes.

    Args:
        graph: Nodes and constants; unused constants are left out.
        name: What the graph is called in the file.
        inputs: Shape of each float32 input; a word is a size that may vary.
        outputs: Shape of each float32 output.
    """
    used = list(dict.fromkeys(name for node in graph.nodes for name in node.input if name in graph.weights))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            name,
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in inputs.items()],
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in outputs.items()],
            [numpy_helper.from_array(np.ascontiguousarray(graph.weights[key]), key) for key in used],
        ),
        producer_name="blurkit",
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString(deterministic=True)
    return data
