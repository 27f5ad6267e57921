"""Pictures with planted label errors for `ranking-pictures`; and cleanlab's ranking of them by cross-validated logistic regression.

python pictures.py SPECIFICATION FOLDER makes a folder of PNG files, a CSV file of their paths and labels, and the vectors of them for each
set, as makeData.py makes other data. Pictures of clothes are those of Debian's package dataset-fashion-mnist, which apt is asked for where
it is not installed. Vectors are by Pillow and onnxruntime, of the network that set-up brought to this checkout.
"""

import glob
import gzip
import json
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
from PIL import Image, ImageOps

PACKAGE = "dataset-fashion-mnist"
INSTALLED = "/usr/share/datasets/fashion-mnist"
ENCODER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../node_modules/.assay/encoders/pictures")
# The best of 1, 0.01, 0.001 and 0.0001 on 1,000 pictures with planted errors (axes: of 1 and 0.01); pixels have that of axes.
STRENGTHS = {"encoder": 0.001, "axes": 0.01, "pixels": 0.01}
AXES = 125


def make_pictures(spec, folder):
    """NAME/00000.png …, NAME.csv (picture, label c0 …) and vectors-NAME.npy of each of the sets: fashion, clothes, digits."""
    for name in spec["sets"].split(","):
        os.mkdir(os.path.join(folder, name))
        if name == "odd":
            rows = [(path, "c0") for path in save_odd(folder)]
        else:
            images, labels = {"fashion": fashion, "clothes": clothes, "digits": digits}[name](spec)
            rows = [(f"{name}/{k:05d}.png", f"c{label}") for k, label in enumerate(labels)]
            for (path, _), image in zip(rows, images):
                Image.fromarray(image).save(os.path.join(folder, path))
        pd.DataFrame(rows, columns=["picture", "label"]).to_csv(os.path.join(folder, f"{name}.csv"), index=False)
        if spec["vectors"]:
            vectors = PictureEncoder(os.cpu_count()).encode([os.path.join(folder, path) for path, _ in rows])
            np.save(os.path.join(folder, f"vectors-{name}.npy"), vectors)


def fashion(spec):
    """The first 1,000 of the package's test set."""
    images, labels = read_package("t10k")
    return images[:1000], labels[:1000]


def clothes(spec):
    """2,000 of its training set, drawn by the seed."""
    images, labels = read_package("train")
    drawn = np.random.default_rng(spec["seed"]).permutation(len(images))[:2000]
    return images[drawn], labels[drawn]


def digits(spec):
    """scikit-learn's 1,797 handwritten digits of 8 x 8 pixels."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return np.round(found.images * 255 / 16).astype(np.uint8), found.target


def save_odd(folder):
    """A photograph-like scene in odd sizes, kinds of files and of colours, turned by EXIF. Their paths."""

    def scene(width, height):
        y, x = np.mgrid[:height, :width] / max(width, height)
        rings = 128 + 100 * np.sin(40 * np.hypot(x - 0.3, y - 0.4)) * (x > 0.2)
        noise = np.random.default_rng(1).integers(0, 40, (height, width))
        return Image.fromarray(np.clip(np.stack([rings + noise, 255 * x, 200 * y + noise], -1), 0, 255).astype(np.uint8))

    paths = []

    def save(name, picture, **options):
        paths.append(f"odd/{name}")
        picture.save(os.path.join(folder, paths[-1]), **options)

    for width, height in [(1, 1), (3, 200), (199, 7), (224, 224), (225, 223), (641, 479), (2000, 1500)]:
        save(f"{width}x{height}.png", scene(width, height))
    alpha = scene(300, 200).convert("RGBA")
    alpha.putalpha(Image.fromarray((np.indices((200, 300)).sum(0) % 256).astype(np.uint8)))
    save("alpha.png", alpha)
    save("alpha.webp", alpha, lossless=True)
    save("grey.png", scene(300, 200).convert("L"))
    save("grey-alpha.png", alpha.convert("LA"))
    save("palette.gif", scene(300, 200).quantize(64))
    save("colour.bmp", scene(300, 200))
    save("grey.jpg", scene(300, 200).convert("L"), quality=90)
    save("cmyk.jpg", scene(300, 200).convert("CMYK"), quality=90)
    save("large.jpg", scene(2000, 1500), quality=85)
    for turn in (3, 6, 8):
        exif = Image.Exif()
        exif[0x0112] = turn
        save(f"turned-{turn}.jpg", scene(900, 600), quality=85, exif=exif.tobytes())
    return paths


def read_package(part):
    """Pictures (n x 28 x 28) and classes of a part of the package, installed or unpacked for the moment."""
    with tempfile.TemporaryDirectory() as scratch:
        place = INSTALLED
        if not os.path.isdir(place):
            subprocess.run(["apt-get", "download", PACKAGE], cwd=scratch, check=True, capture_output=True)
            [archive] = glob.glob(os.path.join(scratch, "*.deb"))
            subprocess.run(["dpkg-deb", "-x", archive, scratch], check=True)
            place = scratch + INSTALLED
        with gzip.open(os.path.join(place, f"{part}-images-idx3-ubyte.gz")) as file:
            images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
        with gzip.open(os.path.join(place, f"{part}-labels-idx1-ubyte.gz")) as file:
            labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return images, labels


class PictureEncoder:
    """The network that set-up brought, by onnxruntime: each picture by itself."""

    def __init__(self, threads):
        import onnxruntime

        with open(os.path.join(ENCODER, "encoder.json")) as file:
            self.settings = json.load(file)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(os.path.join(ENCODER, self.settings["model"]), options)

    def square(self, path):
        """What the network looks at: as shown, on white, the square in the middle, by Pillow's bicubic filter."""
        picture = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
        white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        white.alpha_composite(picture)
        side = self.settings["side"]
        return np.asarray(ImageOps.fit(white.convert("RGB"), (side, side), Image.Resampling.BICUBIC))

    def vector(self, square):
        planes = (square.astype(np.float32) - np.float32(self.settings["mean"])) / np.float32(self.settings["deviation"])
        feeds = {self.session.get_inputs()[0].name: np.ascontiguousarray(planes.transpose(2, 0, 1))[None]}
        return self.session.run(None, feeds)[0][0]

    def encode(self, paths):
        return np.array([self.vector(self.square(path)) for path in paths])


class CleanlabPictures:
    """Of each file 5-fold cross-validated probabilities of logistic regression, then cleanlab's score with its defaults.

    `encoder`: on the vectors of the network that Assay has; `axes`: on their principal axes; `pixels`: on all pixels. Centred, one scale.
    """

    def __init__(self, data, settings, way):
        self.way, self.folds = way, settings["folds"]
        self.files = {}
        features = {}
        for name in settings["files"].split(","):
            table = pd.read_csv(os.path.join(data, f"{name}.csv"))
            of = name.split("-")[0]
            if of not in features:
                features[of] = self.features(data, of, table["picture"])
            self.files[name] = (features[of], table["label"].str[1:].to_numpy(int))

    def features(self, data, name, paths):
        from sklearn.decomposition import PCA

        if self.way == "pixels":
            x = np.array([np.asarray(Image.open(os.path.join(data, path))).ravel() for path in paths], np.float64)
        else:
            x = np.load(os.path.join(data, f"vectors-{name}.npy")).astype(np.float64)
        if self.way == "axes":
            x = PCA(AXES, random_state=0).fit_transform(x)
        return (x - x.mean(0)) / np.sqrt(x.var(0).mean())

    def run(self):
        from cleanlab.rank import get_label_quality_scores
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        self.scores = {}
        folds = StratifiedKFold(self.folds, shuffle=True, random_state=0)
        model = LogisticRegression(C=STRENGTHS[self.way], max_iter=1000)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for name, (x, y) in self.files.items():
                p = cross_val_predict(model, x, y, cv=folds, method="predict_proba")
                self.scores[name] = -get_label_quality_scores(y, p)
        return {"warnings": sorted({str(w.message) for w in caught})}

    def outputs(self):
        """A score a row of each file: larger = more suspicious."""
        return self.scores


if __name__ == "__main__":
    make_pictures(json.loads(sys.argv[1]), sys.argv[2])
