"""Make the networks that find and read lines of text smaller: weights in 16 bits, and only letters that are asked for.

They still compute in 32 bits: each stored weight is widened when the model is opened.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from tools.onnx_graph import Array

LEAST = 1000
"""Numbers from which a constant is stored in 16 bits; the few others stay exact."""

SCRIPTS = ("LATIN", "GREEK", "DIGIT")
"""How the names of the letters begin that the reading network keeps."""

SIGNS = "!\"#$%&'()*+,-./:;<=>?@[]_`{|}~°²³§·–—‘’“”•…€£№"
"""What it keeps besides."""

LETTERS = "character"
"""Key of the file's own data that holds its letters, one a line."""


def lines(members: Mapping[str, bytes]) -> bytes:
    """Make the network that finds lines of text."""
    (data,) = members.values()
    return smaller(data, output="text", shape=("N", 3, "H", "W"))


def letters(members: Mapping[str, bytes]) -> bytes:
    """Make the network that reads one line."""
    (data,) = members.values()
    return smaller(with_fewer_letters(data), output="letters", shape=("N", 3, 48, "W"))


def smaller(data: bytes, *, output: str, shape: tuple[int | str, ...]) -> bytes:
    """Return a network with its weights in 16 bits.

    Args:
        data: A float32 ONNX file with one input and one output.
        output: What the output is called from now on; the input becomes `images`.
        shape: Shape of the input; a word is a size that may vary.
    """
    model = onnx.load_from_string(data)
    graph = model.graph
    names = {graph.input[0].name: "images", graph.output[0].name: output}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    rank = len(graph.output[0].type.tensor_type.shape.dim)
    del graph.input[:], graph.output[:]
    graph.input.append(helper.make_tensor_value_info("images", TensorProto.FLOAT, shape))
    graph.output.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, [f"D{axis}" for axis in range(rank)]))
    del graph.value_info[:]
    nodes, weights = list(_halved(graph)), list(graph.initializer)
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.initializer[:]
    graph.initializer.extend(weights)
    graph.name, graph.doc_string, model.producer_name, model.producer_version = output, "", "blurkit", ""
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _halved(graph: onnx.GraphProto) -> Iterator[NodeProto]:
    """Store large constants of a graph in 16 bits; yield its nodes, and before them what widens those."""
    for weight in graph.initializer:
        if weight.data_type != TensorProto.FLOAT or np.prod(weight.dims) < LEAST:
            continue
        values, name = numpy_helper.to_array(weight).astype(np.float16), weight.name
        weight.CopyFrom(numpy_helper.from_array(values, f"{name}_16"))
        yield helper.make_node("Cast", [f"{name}_16"], [name], to=TensorProto.FLOAT)
    yield from graph.node


def with_fewer_letters(data: bytes) -> bytes:
    """Return the reading network with the letters of `SCRIPTS` and `SIGNS` only, which are a small part of it."""
    model = onnx.load_from_string(data)
    (known,) = (entry.value.split("\n") for entry in model.metadata_props if entry.key == LETTERS)
    kept = [number for number, letter in enumerate(known) if _is_kept(letter)]
    columns = np.array([0, *(number + 1 for number in kept), len(known) + 1])  # the gap first, and the space last
    for weight in model.graph.initializer:
        if weight.dims and weight.dims[-1] == len(known) + 2:
            values: Array = np.ascontiguousarray(numpy_helper.to_array(weight)[..., columns])
            weight.CopyFrom(numpy_helper.from_array(values, weight.name))
    del model.metadata_props[:]
    model.metadata_props.add(key=LETTERS, value="\n".join(known[number] for number in kept))
    return bytes(model.SerializeToString(deterministic=True))


def _is_kept(letter: str) -> bool:
    return len(letter) == 1 and (unicodedata.name(letter, "").startswith(SCRIPTS) or letter in SIGNS)
