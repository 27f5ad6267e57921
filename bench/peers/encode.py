"""Vectors of pictures or texts by Python's onnxruntime, for `encode-pictures` and `encode-texts`."""

import json
import os

import numpy as np
import pandas as pd

from pictures import PictureEncoder

ENCODERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../node_modules/.assay/encoders")


class OnnxEncoder:
    """Each picture or text by itself, as networks of 8-bit integers ask for it; with as many threads as every side has."""

    def __init__(self, data, settings):
        threads = int(os.environ["OMP_NUM_THREADS"])
        tables = [pd.read_csv(os.path.join(data, f"{name}.csv"), keep_default_na=False) for name in settings["files"].split(",")]
        table = pd.concat(tables)
        if settings["kind"] == "pictures":
            self.encoder = PictureEncoder(threads)
            self.items = [self.encoder.square(os.path.join(data, path)) for path in table["picture"]]
        else:
            self.encoder = TextEncoder(threads)
            self.items = list(table["subject"] + "\n" + table["body"])

    def run(self):
        self.vectors = np.array([self.encoder.vector(item) for item in self.items])
        return {}

    def outputs(self):
        return {"vectors": self.vectors}


class TextEncoder:
    def __init__(self, threads):
        import onnxruntime
        from tokenizers import Tokenizer

        folder = os.path.join(ENCODERS, "text")
        with open(os.path.join(folder, "encoder.json")) as file:
            self.settings = json.load(file)
        self.tokenizer = Tokenizer.from_file(os.path.join(folder, self.settings["tokenizer"]))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(self.settings["tokens"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(os.path.join(folder, self.settings["model"]), options)

    def vector(self, text):
        ids = np.array([self.tokenizer.encode(text).ids])
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = self.session.run(None, {one.name: feeds[one.name] for one in self.session.get_inputs()})[0][0].mean(0)
        return (mean / np.linalg.norm(mean)).astype(np.float32)
