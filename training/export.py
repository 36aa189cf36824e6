"""A trained network as an ONNX file: the graph it began as, with other weights, and BatchNorm folded away."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from training.mobilenet import MobileNet, resize
from training.network import AgeNet, Convolution


def export(network: AgeNet | MobileNet, start: Path, out: Path) -> None:
    """Write a network.

    Args:
        network: Trained; all of its file's convolutions, or the last ones.
        start: The file that it began as.
        out: The file to write; its outputs are probabilities of each year from 0, shape (n, ages).
    """
    model = onnx.load(str(start))
    graph = model.graph
    new: dict[str, Tensor] = {}
    nodes = [node for node in graph.node if node.op_type == "Conv"][-len(network.convolutions) :]
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
    resize(graph, network.side)
    graph.output[0].type.tensor_type.shape.dim[1].dim_value = network.ages
    onnx.checker.check_model(model)
    onnx.save(model, str(out))


def difference(logits: Tensor, out: Path, images: npt.NDArray[np.float32]) -> float:
    """Return the largest difference between the probabilities of a network and those of its file.

    Args:
        logits: What the network, ready for use, makes of some pictures, shape (n, ages).
        out: Its file.
        images: The pictures as the file eats them, shape (n, 3, side, side).
    """
    import onnxruntime

    ours = torch.softmax(logits, dim=1).detach().numpy()
    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    return float(np.abs(ours - session.run(None, {"images": images})[0]).max())
