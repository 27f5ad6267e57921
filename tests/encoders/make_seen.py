"""Writes data/seen.json: the vectors of the pictures of ../pictures/pictures.json as Pillow resizes them and onnxruntime encodes them.

    pip install onnxruntime numpy pillow
    python make_seen.py FOLDER_OF_ENCODERS        # node_modules/.assay/encoders, which set-up makes

The square in the middle of what Pillow decoded (`rgb`), 224 x 224, ImageOps.fit with BICUBIC. Vectors are float16, little-endian, as
base64. Last made with onnxruntime 1.32.0 and Pillow 13.0.0.
"""

import base64
import io
import json
import os
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

here = os.path.dirname(os.path.abspath(__file__))
SIDE = 224
NAMES = """colour.png grey.png palette.png one-bit.png alpha.png grey-alpha.png sixteen-bit.png turned.png colour.jpg grey.jpg cmyk.jpg
orientation-3.jpg orientation-6.jpg orientation-7.jpg lossy.webp alpha.webp animated.gif transparent.gif palette.bmp""".split()

with open(os.path.join(here, "../pictures/pictures.json")) as file:
    golden = json.load(file)
session = onnxruntime.InferenceSession(os.path.join(sys.argv[1], "pictures", "model.onnx"))


def vector(picture):
    square = np.asarray(ImageOps.fit(picture, (SIDE, SIDE), Image.Resampling.BICUBIC))
    planes = ((square.astype("f4") - 127) / 128).transpose(2, 0, 1)[None]
    found = session.run(None, {"x": np.ascontiguousarray(planes)})[0][0]
    return base64.b64encode(found.astype("<f2").tobytes()).decode()


pictures = {one["name"]: one for one in golden["pictures"]}
seen = []
for name in NAMES:
    one = pictures[name]
    shown = Image.frombytes("RGB", (one["width"], one["height"]), base64.b64decode(one["rgb"]))
    seen.append({"name": name, "vector": vector(shown)})
large = Image.open(io.BytesIO(base64.b64decode(golden["thumbnail"]["bytes"]))).convert("RGB")
seen.append({"name": "large.jpg", "vector": vector(large)})

with open(os.path.join(here, "data", "seen.json"), "w", encoding="utf8") as file:
    json.dump(seen, file, indent=1)
    file.write("\n")
