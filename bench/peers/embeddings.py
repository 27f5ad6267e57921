"""Rows like embeddings of pictures, in a CSV file; and what people do with them in Python: cross-validated probabilities, cleanlab's score.

python embeddings.py SPECIFICATION FOLDER makes the file, as makeData.py makes other data.
"""

import json
import os
import sys
import warnings

import numpy as np
import pandas as pd

MODES = 4


def make_embeddings(spec, folder):
    """embeddings.csv: columns e1, e2, … and the label, classes as c0, c1, …; wrong.npy: which labels are wrong.

    Component k has variance 1/k, as those of a principal component analysis. A class is four clouds about a centre; two
    centres are `separation` standard deviations of the clouds apart, most of it in the first components. Rows differ in how
    far from their cloud's middle they lie. `share` of the labels are wrong, each any other class.
    """
    rng = np.random.default_rng(spec["seed"])
    n, d, classes = spec["rows"], spec["features"], spec["classes"]
    sizes = 1 / np.sqrt(np.arange(1, d + 1))
    told = np.arange(1, d + 1) ** -0.25
    told *= spec["separation"] / np.sqrt(2) / np.linalg.norm(told)
    centres = rng.standard_normal((classes, 1, d)) + 0.5 * rng.standard_normal((classes, MODES, d))
    truth = rng.integers(classes, size=n)
    spread = np.exp(0.25 * rng.standard_normal((n, 1)))
    x = centres[truth, rng.integers(MODES, size=n)] * told + spread * rng.standard_normal((n, d))
    wrong = np.zeros(n, np.uint8)
    wrong[rng.permutation(n)[: round(spec["share"] * n)]] = 1
    labels = np.where(wrong == 1, (truth + rng.integers(1, classes, size=n)) % classes, truth)
    table = pd.DataFrame(x * sizes, columns=[f"e{at + 1}" for at in range(d)])
    table["label"] = [f"c{label}" for label in labels]
    table.to_csv(os.path.join(folder, "embeddings.csv"), index=False, float_format="%.6f")
    np.save(os.path.join(folder, "wrong.npy"), wrong)


class CleanlabEmbeddings:
    """pandas reads the file; columns standardised, which is where lbfgs is fastest; 5-fold cross-validated probabilities.

    Of several C (`cleanlab-embeddings`; `-one`: only the last) that with the least loss counts.
    """

    def __init__(self, data, settings, several):
        self.path, self.folds = os.path.join(data, "embeddings.csv"), settings["folds"]
        self.strengths = [float(c) for c in settings["strengths"].split(",")]
        if not several:
            self.strengths = self.strengths[-1:]

    def run(self):
        from cleanlab.rank import get_label_quality_scores
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import log_loss
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        table = pd.read_csv(self.path)
        y = np.unique(table.pop("label"), return_inverse=True)[1]
        x = table.to_numpy(copy=True)
        x -= x.mean(0)
        x /= x.std(0)
        folds = StratifiedKFold(self.folds, shuffle=True, random_state=0)
        losses = {}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for strength in self.strengths:
                model = LogisticRegression(C=strength, max_iter=1000)
                p = cross_val_predict(model, x, y, cv=folds, method="predict_proba")
                losses[strength] = log_loss(y, p)
                if losses[strength] == min(losses.values()):
                    best = p
        self.scores = -get_label_quality_scores(y, best)
        return {"losses": losses, "warnings": sorted({str(w.message) for w in caught})}

    def outputs(self):
        """A score a row: larger = more suspicious."""
        return {"embeddings": self.scores}


if __name__ == "__main__":
    make_embeddings(json.loads(sys.argv[1]), sys.argv[2])
