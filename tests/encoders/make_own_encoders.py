"""Writes data/ownEncoders.json: small ONNX networks of many shapes, and what Python's onnxruntime makes of them.

    pip install onnx onnxruntime numpy
    python make_own_encoders.py

Networks of texts look their tokens up in a table; those of pictures take means of colours. Each has the vector of one
text (tokens 2 5 7 3) or of one picture (the value (7 x + 13 y + 29 colour) mod 256 at (x, y), scaled by (v - 100) / 50).
Last made with onnx 1.23.2 and onnxruntime 1.32.0.
"""

import base64
import json
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
table = (np.arange(40).reshape(10, 4) % 7 / 4 - 0.6).astype("f4")
IDS = np.array([[2, 5, 7, 3]])


def model(nodes, inputs, outputs, initializers=()):
    graph = h.make_graph(nodes, "g", inputs, outputs, list(initializers))
    made = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return made.SerializeToString()


def ids(*names):
    return [h.make_tensor_value_info(name, T.INT64, ["batch", "tokens"]) for name in names]


def out(name, shape, kind=T.FLOAT):
    return h.make_tensor_value_info(name, kind, shape)


def shape_of(name, values):
    return nh.from_array(np.array(values, "i8"), name)


look = h.make_node("Gather", ["table", "input_ids"], ["tokens_out"])
mean = h.make_node("ReduceMean", ["tokens_out"], ["text_out"], axes=[1], keepdims=0)
weights = nh.from_array(table, "table")
models = {
    "tokens": model([look], ids("input_ids", "attention_mask"), [out("tokens_out", ["batch", "tokens", 4])], [weights]),
    "sentence": model([look, mean], ids("input_ids"), [out("tokens_out", ["batch", "tokens", 4]), out("text_out", ["batch", 4])], [weights]),
    "positions": model([look], ids("input_ids", "position_ids"), [out("tokens_out", ["batch", "tokens", 4])], [weights]),
    "half": model([look, h.make_node("Cast", ["tokens_out"], ["half_out"], to=T.FLOAT16)], ids("input_ids"),
                  [out("half_out", ["batch", "tokens", 4], T.FLOAT16)], [weights]),
    "colours": model([h.make_node("GlobalAveragePool", ["pixels"], ["v"])], [out("pixels", ["batch", 3, 16, 16])], [out("v", ["batch", 3, 1, 1])]),
    "pixels": model([h.make_node("ReduceMean", ["x"], ["v"], axes=[1, 2], keepdims=0)], [out("x", ["batch", "h", "w", 3])], [out("v", ["batch", 3])]),
    "patches": model([h.make_node("Reshape", ["pixels", "shape"], ["v"])], [out("pixels", ["batch", 3, 16, 16])], [out("v", ["batch", 192, 4])],
                     [shape_of("shape", [-1, 192, 4])]),
    "numbers": model([h.make_node("Identity", ["x"], ["v"])], [out("x", ["batch", 5])], [out("v", ["batch", 5])]),
}


def run(name, feeds, output):
    return onnxruntime.InferenceSession(models[name]).run([output], feeds)[0]


def picture(side):
    y, x, colour = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing="ij")
    return (((7 * x + 13 * y + 29 * colour) % 256 - 100) / 50).astype("f4")[None]


tokens = run("tokens", {"input_ids": IDS, "attention_mask": np.ones_like(IDS)}, "tokens_out")[0]
planes = picture(16).transpose(0, 3, 1, 2)
vectors = {
    "mean": tokens.mean(0),
    "first": tokens[0],
    "sentence": run("sentence", {"input_ids": IDS}, "text_out")[0],
    "colours": run("colours", {"pixels": planes}, "v")[0, :, 0, 0],
    "pixels": run("pixels", {"x": picture(12)}, "v")[0],
    "patches": run("patches", {"pixels": planes}, "v")[0, 0],
}
tokenizer = {
    "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
    "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
              "vocab": {"[UNK]": 0, "[PAD]": 1, "the": 2, "##s": 3, "a": 4, "quick": 5, "brown": 6, "fox": 7, "dog": 8, "!": 9}},
}
with open(os.path.join(data, "ownEncoders.json"), "w") as file:
    json.dump({
        "models": {name: base64.b64encode(one).decode() for name, one in models.items()},
        "tokenizer": tokenizer,
        "text": "The quick foxs",
        "vectors": {name: [float(value) for value in vector] for name, vector in vectors.items()},
    }, file, indent=1)
    file.write("\n")
