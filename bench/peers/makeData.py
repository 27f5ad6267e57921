"""Makes the data of one workload from a specification (JSON, first argument) into a folder (second argument).

Everything follows from the seed. Features are mixtures of a few latent variables plus noise, each of variance 1 and mean near 0, the last
one constant 1: correlated as embeddings are. Files: features.npy, labels.npy and what the kind adds.
"""

import json
import os
import sys

import numpy as np
from numpy.lib.format import open_memmap

from newton import fit_binary

# Rows that are drawn together: the same rows whatever the number of rows asked for.
BLOCK = 12_500


def mixing(rng, latent, features):
    """latent x features, columns of squared length 0.8; the remaining variance is noise."""
    weights = rng.standard_normal((latent, features))
    return weights * np.sqrt(0.8) / np.linalg.norm(weights, axis=0)


def mix(rng, latent, weights):
    """n x (features + 1) from n x latent, the last column constant."""
    rows, features = len(latent), weights.shape[1]
    out = np.ones((rows, features + 1))
    out[:, :-1] = latent @ weights
    out[:, :-1] += np.sqrt(0.2) * rng.standard_normal((rows, features))
    return out


def make_binary(spec, folder):
    """Labels of a logistic model with some overlap; optionally validation rows, and the head's optimum."""
    rng = np.random.default_rng(spec["seed"])
    n, d, m = spec["rows"], spec["features"], spec["validation"]
    weights = mixing(rng, 64, d - 1)
    x = mix(rng, rng.standard_normal((n + m, 64)), weights)
    direction = rng.standard_normal(d) * 2 / np.sqrt(d)
    y = (rng.random(n + m) < 1 / (1 + np.exp(-(x @ direction)))).astype(np.int32)
    save(folder, features=x[:n], labels=y[:n])
    if m > 0:
        save(folder, validation=x[n:], validationLabels=y[n:])
    if spec["theta"]:
        theta, _ = fit_binary(x[:n], y[:n].astype(np.float64), n * spec["l2"], 1e-13)
        save(folder, theta=theta)


def make_classes(spec, folder):
    """Class centres in the latent space; a share of the labels changed, uniformly or to the next class."""
    rng = np.random.default_rng(spec["seed"])
    n, d, classes, latent = spec["rows"], spec["features"], spec["classes"], spec["latent"]
    weights = mixing(rng, latent, d - 1)
    centres = rng.standard_normal((classes, latent))
    centres *= 3.2 / np.linalg.norm(centres, axis=1, keepdims=True)
    truth = rng.integers(classes, size=n)
    x = mix(rng, centres[truth] + rng.standard_normal((n, latent)), weights)
    x[:, :-1] = (x[:, :-1] - x[:, :-1].mean(0)) / x[:, :-1].std(0)
    wrong = np.zeros(n, np.uint8)
    wrong[rng.permutation(n)[: round(spec["share"] * n)]] = 1
    step = rng.integers(1, classes, size=n) if spec["noise"] == "uniform" else 1
    labels = np.where(wrong == 1, (truth + step) % classes, truth)
    checked = np.sort(rng.permutation(n)[:4])
    save(folder, features=x, labels=labels.astype(np.int32), wrong=wrong, checkedRows=checked.astype(np.int32))


def make_blocks(spec, folder):
    """Float32 rows in blocks with seeds of their own, so that fewer rows are the first of more."""
    n, d, classes, latent, seed = (spec[key] for key in ("rows", "features", "classes", "latent", "seed"))
    rng = np.random.default_rng(seed)
    weights = mixing(rng, latent, d - 1)
    directions = rng.standard_normal((latent, classes)) * 3 / np.sqrt(latent)
    features = open_memmap(os.path.join(folder, "features.npy"), "w+", np.float32, (n, d))
    labels = np.empty(n, np.int32)
    for block, start in enumerate(range(0, n, BLOCK)):
        rng = np.random.default_rng([seed, block])
        z = rng.standard_normal((BLOCK, latent))
        x = mix(rng, z, weights)
        noisy = z @ directions + rng.gumbel(size=(BLOCK, classes))
        count = min(BLOCK, n - start)
        features[start : start + count] = x[:count]
        labels[start : start + count] = noisy.argmax(1)[:count]
    features.flush()
    save(folder, labels=labels)


def save(folder, **arrays):
    for name, array in arrays.items():
        np.save(os.path.join(folder, f"{name}.npy"), np.ascontiguousarray(array))


if __name__ == "__main__":
    specification = json.loads(sys.argv[1])
    {"binary": make_binary, "classes": make_classes, "blocks": make_blocks}[specification["kind"]](
        specification, sys.argv[2]
    )
