"""Make a float32 ONNX graph compute in 8 bits.

What a network's activations reach is measured elsewhere (`bench.ranges`) and kept in a data file, so that the
same file comes out without the photos it was measured on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from tools.onnx_graph import Array

EXACT = 3
"""The first convolutions stay as they are: what they lose, a face of 14 px lacks, and 8 bits make them no faster."""

Ranges = Mapping[str, tuple[float, float]]
"""Smallest and largest number worth telling apart, by the name of the activation."""


def quantize(data: bytes, ranges: Ranges) -> bytes:
    """Return a network that computes in 8 bits.

    Weights have one scale a channel and 7 bits: processors without the newest instructions add two products in 16 bits,
    which 8 would overflow; so the numbers are the same on any of them.

    Args:
        data: A float32 ONNX file whose input `images` has the shape (N, 3, H, W) and numbers of 0 to 255.
        ranges: Of all its activations.

    Returns:
        The file; its input is uint8 of shape (N, H, W, 3), a picture as it lies in memory.
    """
    model = onnx.load_from_string(data)
    for index, node in enumerate(model.graph.node):
        node.name = f"{node.op_type}_{index}"
    exact = [node.name for node in model.graph.node if node.op_type == "Conv"][:EXACT]
    overrides: dict[str, list[dict[str, Any]]] = {
        name: [{"rmin": np.float32(low), "rmax": np.float32(high)}] for name, (low, high) in ranges.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        quantized = Path(folder, "quantized.onnx")
        quantize_static(
            model,
            quantized,
            _NoPhotos(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=exact,
            op_types_to_quantize=["Conv", "ConvTranspose", "Relu", "Add"],
            extra_options={"TensorQuantOverrides": overrides},
        )
        model = onnx.load(quantized)
    _take_bytes(model)
    model.producer_name, model.producer_version = "blurkit", ""
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _take_bytes(model: onnx.ModelProto) -> None:
    """Let a network take a picture's bytes as they are."""
    graph = model.graph
    for node in graph.node:
        node.input[:] = ["images_float" if name == "images" else name for name in node.input]
    graph.node.insert(0, helper.make_node("Transpose", ["images"], ["images_turned"], perm=(0, 3, 1, 2)))
    graph.node.insert(1, helper.make_node("Cast", ["images_turned"], ["images_float"], to=TensorProto.FLOAT))
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("images", TensorProto.UINT8, ("N", "H", "W", 3)))


class _NoPhotos(CalibrationDataReader):  # type: ignore[misc]
    """A grey picture for the library, which wants to see one though all ranges are given."""

    def __init__(self) -> None:
        self._pictures: Iterator[dict[str, Array]] = iter([{"images": np.full((1, 3, 64, 64), 128, np.float32)}])

    def get_next(self) -> dict[str, Array] | None:
        return next(self._pictures, None)
