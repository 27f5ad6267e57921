"""Pictures with planted label errors for `ranking-pictures`; and cleanlab's ranking of them by cross-validated logistic regression.

python pictures.py SPECIFICATION FOLDER makes a folder of PNG files and a CSV file of their paths and labels for each set, as
makeData.py makes other data. Pictures of clothes are those of Debian's package dataset-fashion-mnist, which apt is asked for where it is
not installed.
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
from PIL import Image

PACKAGE = "dataset-fashion-mnist"
INSTALLED = "/usr/share/datasets/fashion-mnist"


def make_pictures(spec, folder):
    """NAME/00000.png … and NAME.csv (picture, label c0 …) of each of the sets: fashion, clothes, digits."""
    for name in spec["sets"].split(","):
        images, labels = {"fashion": fashion, "clothes": clothes, "digits": digits}[name](spec)
        os.mkdir(os.path.join(folder, name))
        rows = []
        for k, (image, label) in enumerate(zip(images, labels)):
            path = f"{name}/{k:05d}.png"
            Image.fromarray(image).save(os.path.join(folder, path))
            rows.append((path, f"c{label}"))
        pd.DataFrame(rows, columns=["picture", "label"]).to_csv(os.path.join(folder, f"{name}.csv"), index=False)


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


if __name__ == "__main__":
    make_pictures(json.loads(sys.argv[1]), sys.argv[2])
