"""Turn a float TensorFlow Lite network (convolutions, sums, pooling, enlarging) into an ONNX graph.

Only the operators such a network has are known; anything else is an error. Images become (N, C, H, W), as ONNX
wants them; results keep TensorFlow's order, rows by cell. Weights stored as float16 become float32, exactly.
Source: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tflite
from onnx import NodeProto, helper

from tools.onnx_graph import Array, Graph

DTYPES = {tflite.TensorType.FLOAT32: "<f4", tflite.TensorType.FLOAT16: "<f2", tflite.TensorType.INT32: "<i4"}
"""How constants are stored; no other kind is known."""
CODES = {value: name for name, value in vars(tflite.BuiltinOperator).items() if isinstance(value, int)}
"""Operator names by code."""


def convert(data: bytes) -> Graph:
    """Convert the only subgraph of a file; tensors keep their names, constants too.

    Heights and widths may vary by multiples of the network's total stride: only then is the padding of every size
    that of the stored one.

    Args:
        data: The whole file.
    """
    model = tflite.Model.GetRootAs(data, 0)
    if model.SubgraphsLength() != 1:
        raise ValueError(f"{model.SubgraphsLength()} subgraphs; one is known here")
    converter = _Converter(model)
    for index in range(converter.graph.OperatorsLength()):
        converter.visit(converter.graph.Operators(index))
    return Graph(converter.nodes, converter.arrays)


class _Converter:
    """Takes the operators in their order of execution and emits each."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.graph = model.Subgraphs(0)
        self.nodes: list[NodeProto] = []
        self.arrays: dict[str, Array] = {}
        self.constants: dict[int, Array] = {}
        """Constants by tensor, also those that an operator unpacked."""
        self.rules: Mapping[str, Callable[[Any, list[int], int], None]] = {
            "DEQUANTIZE": self._unpack,
            "CONV_2D": self._convolution,
            "DEPTHWISE_CONV_2D": self._depthwise,
            "RELU": self._relu,
            "ADD": self._sum,
            "PAD": self._more_channels,
            "MAX_POOL_2D": self._max_pool,
            "RESIZE_BILINEAR": self._enlarge,
            "RESHAPE": self._rows,
        }

    def visit(self, operator: Any) -> None:
        """Convert one operator."""
        code = self.model.OperatorCodes(operator.OpcodeIndex())
        kind = CODES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        if kind not in self.rules:
            raise ValueError(f"{kind} is not known here")
        (output,) = operator.OutputsAsNumpy().tolist()
        self.rules[kind](operator, operator.InputsAsNumpy().tolist(), output)

    def _name(self, tensor: int) -> str:
        return str(self.graph.Tensors(tensor).Name().decode())

    def _shape(self, tensor: int) -> tuple[int, ...]:
        return tuple(self.graph.Tensors(tensor).ShapeAsNumpy().tolist())

    def _constant(self, tensor: int) -> Array:
        if tensor not in self.constants:
            entry = self.graph.Tensors(tensor)
            buffer = self.model.Buffers(entry.Buffer())
            if not buffer.DataLength():
                raise ValueError(f"{self._name(tensor)} is not a constant")
            values = np.frombuffer(buffer.DataAsNumpy().tobytes(), DTYPES[entry.Type()])
            self.constants[tensor] = values.reshape(self._shape(tensor))
        return self.constants[tensor]

    def _store(self, name: str, array: Array) -> str:
        self.arrays[name] = array
        return name

    def _emit(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], output, **attributes))

    def _unpack(self, _: Any, inputs: list[int], output: int) -> None:
        """Take a float16 constant as float32."""
        self.constants[output] = self._constant(inputs[0]).astype(np.float32)

    def _convolution(self, operator: Any, inputs: list[int], output: int) -> None:
        options = _options(operator, tflite.Conv2DOptions)
        self._conv(options, inputs, output, self._constant(inputs[1]).transpose(0, 3, 1, 2), 1)

    def _depthwise(self, operator: Any, inputs: list[int], output: int) -> None:
        options = _options(operator, tflite.DepthwiseConv2DOptions)
        kernel = self._constant(inputs[1]).transpose(3, 0, 1, 2)
        self._conv(options, inputs, output, kernel, self._shape(inputs[0])[3])

    def _conv(self, options: Any, inputs: list[int], output: int, kernel: Array, groups: int) -> None:
        if (options.DilationHFactor(), options.DilationWFactor()) != (1, 1):
            raise ValueError(f"{self._name(output)}: dilation is not known here")
        self._emit(
            "Conv",
            [
                self._name(inputs[0]),
                self._store(self._name(inputs[1]), kernel),
                self._store(self._name(inputs[2]), self._constant(inputs[2])),
            ],
            self._name(output),
            group=groups,
            **self._window(options, inputs[0], output, kernel.shape[2:]),
        )

    def _window(self, options: Any, source: int, output: int, kernel: tuple[int, ...]) -> dict[str, list[int]]:
        """Return kernel, strides and padding; with an even size and stride 2, SAME pads only below and right."""
        if options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
            raise ValueError(f"{self._name(output)}: a fused activation is not known here")
        strides = [options.StrideH(), options.StrideW()]
        before, after = [0, 0], [0, 0]
        if options.Padding() == tflite.Padding.SAME:
            for axis, (size, result) in enumerate(zip(self._shape(source)[1:3], self._shape(output)[1:3], strict=True)):
                total = max((result - 1) * strides[axis] + kernel[axis] - size, 0)
                before[axis], after[axis] = total // 2, total - total // 2
        return {"kernel_shape": list(kernel), "strides": strides, "pads": [*before, *after]}

    def _relu(self, _: Any, inputs: list[int], output: int) -> None:
        self._emit("Relu", [self._name(inputs[0])], self._name(output))

    def _sum(self, operator: Any, inputs: list[int], output: int) -> None:
        if _options(operator, tflite.AddOptions).FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
            raise ValueError(f"{self._name(output)}: a fused activation is not known here")
        if self._shape(inputs[0]) != self._shape(inputs[1]):
            raise ValueError(f"{self._name(output)}: only a sum of equal shapes is known here")
        self._emit("Add", [self._name(tensor) for tensor in inputs], self._name(output))

    def _more_channels(self, _: Any, inputs: list[int], output: int) -> None:
        """Add channels of zeros."""
        images, rows, columns, channels = self._constant(inputs[1]).tolist()
        if [*images, *rows, *columns] != [0] * 6:
            raise ValueError(f"{self._name(output)}: only channels can be padded here")
        pads = np.array([0, channels[0], 0, 0, 0, channels[1], 0, 0], np.int64)
        self._emit("Pad", [self._name(inputs[0]), self._store(self._name(inputs[1]), pads)], self._name(output))

    def _max_pool(self, operator: Any, inputs: list[int], output: int) -> None:
        options = _options(operator, tflite.Pool2DOptions)
        window = self._window(options, inputs[0], output, (options.FilterHeight(), options.FilterWidth()))
        self._emit("MaxPool", [self._name(inputs[0])], self._name(output), **window)

    def _enlarge(self, operator: Any, inputs: list[int], output: int) -> None:
        options = _options(operator, tflite.ResizeBilinearOptions)
        if options.AlignCorners() or not options.HalfPixelCenters():
            raise ValueError(f"{self._name(output)}: only half-pixel centres are known here")
        _, height, width, _ = self._shape(inputs[0])
        _, new_height, new_width, _ = self._shape(output)
        scales = np.array([1, 1, new_height / height, new_width / width], np.float32)
        self._emit(
            "Resize",
            [self._name(inputs[0]), "", self._store(self._name(inputs[1]), scales)],
            self._name(output),
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )

    def _rows(self, _: Any, inputs: list[int], output: int) -> None:
        """Make a picture one row a cell, line by line, however large it is."""
        name, channels = self._name(output), self._shape(inputs[0])[3]
        if self._shape(output)[2:] != (channels,):
            raise ValueError(f"{name}: only one row a cell is known here")
        self._emit("Transpose", [self._name(inputs[0])], f"{name}/cells", perm=[0, 2, 3, 1])
        shape = self._store(f"{name}/shape", np.array([0, -1, channels], np.int64))
        self._emit("Reshape", [f"{name}/cells", shape], name)


def _options(operator: Any, kind: Any) -> Any:
    """Read the operator's own table."""
    table, options = operator.BuiltinOptions(), kind()
    options.Init(table.Bytes, table.Pos)
    return options
