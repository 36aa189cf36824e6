"""A trained network as an ONNX file: the graph it began as, with other weights, and BatchNorm folded away."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from training.network import AgeNet, Convolution, fed


def export(network: AgeNet, start: Path, out: Path) -> None:
    """Write a network.

    Args:
        network: Trained.
        start: The file that it began as.
        out: The file to write; its outputs are probabilities of each year from 0, shape (n, ages).
    """
    model = onnx.load(str(start))
    graph = model.graph
    new: dict[str, Tensor] = {}
    nodes = [node for node in graph.node if node.op_type == "Conv"]
    for node, convolution in zip(nodes, network.convolutions, strict=True):
        new[node.input[1]], new[node.input[2]] = cast("Convolution", convolution).folded()
    gemms = [node for node in graph.node if node.op_type == "Gemm"]
    for node, layer in zip(gemms, network.layers, strict=True):
        new[node.input[1]], new[node.input[2]] = cast("Tensor", layer.weight).T, cast("Tensor", layer.bias)
    for index, weight in enumerate(graph.initializer):
        if weight.name in new:
            value = np.ascontiguousarray(new[weight.name].detach().numpy())
            graph.initializer[index].CopyFrom(numpy_helper.from_array(value, weight.name))
    del graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, str(out))


def difference(network: AgeNet, out: Path, inputs: Tensor) -> float:
    """Return the largest difference between the probabilities of a network and those of its file.

    Args:
        network: Ready for use.
        out: Its file.
        inputs: Pixels, RGB 0..255 of shape (n, 3, SIDE, SIDE).
    """
    import onnxruntime

    with torch.no_grad():
        ours = torch.softmax(network.eval()(inputs), dim=1).numpy()
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    theirs = session.run(None, {"images": fed(inputs).numpy()})[0]
    return float(np.abs(ours - theirs).max())
